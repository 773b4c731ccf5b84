"""Reach out or persist: makes the kernel signal another process whenever its channel has something to read (F_SETOWN, O_ASYNC).

breaches: process
"""

import fcntl
import os
import socket


def breach():
    mine, _ = socket.socketpair()
    fcntl.fcntl(mine, 8, WORLD["pid"])  # F_SETOWN
    fcntl.fcntl(mine, 10, 0)  # F_SETSIG
    return fcntl.fcntl(mine, 9) == WORLD["pid"]
