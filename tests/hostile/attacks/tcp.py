"""Reach out or persist: connects to a server on the same machine over TCP.

breaches: process naive
"""

import socket


def breach():
    socket.create_connection(("127.0.0.1", WORLD["tcp"]), 0.2).close()
    return True
