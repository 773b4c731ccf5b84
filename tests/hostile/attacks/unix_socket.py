"""Reach out or persist: connects to a unix socket in the file system, as the one of Docker.

breaches: landlock process naive
"""

import socket


def breach():
    with socket.socket(socket.AF_UNIX) as out:
        out.connect(WORLD["unix"])
    return True
