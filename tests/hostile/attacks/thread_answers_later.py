"""Exhaust: a thread writes one more answer when the question has been answered.

breaches: careless
seen: out of turn
race: a thread has to answer between two questions
"""

import sys
import threading
import time


def channel():
    frame = sys._getframe()
    while frame is not None:
        if "channel" in frame.f_locals:
            return frame.f_locals["channel"]
        frame = frame.f_back
    return None


def softmax_xent_grad(logits, labels):
    there, wire = channel(), sys.modules.get("grader_inside.wire")

    def later():
        time.sleep(0.001)
        there.send(wire.frame({"ok": [0.0]}, bytes(wire.NONCE_BYTES)))

    if there:
        threading.Thread(target=later, daemon=True).start()
        threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
    return 0 * logits


def breach():
    return False
