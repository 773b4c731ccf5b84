"""Steal or forge: writes noise on the channel in place of an answer.

breaches: careless
seen: out of turn or out of form
"""

import os
import stat


def softmax_xent_grad(logits, labels):
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, os.urandom(4096))
        except OSError:
            continue
    return 0 * logits


def breach():
    return False
