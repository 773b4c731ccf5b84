"""Reach out or persist: writes a program into memory or a scratch file and executes it there.

breaches: process naive
"""

import os
import sys

PROGRAM = b"#!/bin/true\n"


def files():
    yield lambda: os.memfd_create("program", 0)
    for place in (".", os.environ.get("HOME", "/"), "/tmp", "/dev/shm"):
        yield lambda place=place: os.open(f"{place}/{WORLD['token']}", os.O_RDWR | os.O_CREAT, 0o700)


def breach():
    for file in files():
        try:
            fd = file()
            os.write(fd, PROGRAM)
            child = os.fork()
            if child == 0:
                try:
                    os.execve(f"/proc/self/fd/{fd}", ["true"], {})
                finally:
                    os._exit(1)
            if os.waitpid(child, 0)[1] == 0:
                return True
        except OSError:
            continue
    return False
