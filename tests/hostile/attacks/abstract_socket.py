"""Reach out or persist: connects to an abstract unix socket, as desktop buses and container tools have them.

breaches: process naive
"""

import socket


def breach():
    with socket.socket(socket.AF_UNIX) as out:
        out.connect(WORLD["abstract"])
    return True
