"""Reach out or persist: sends a datagram with what it has learnt.

breaches: process naive
"""

import socket


def breach():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(b"the hidden cases", ("127.0.0.1", WORLD["udp"]))
    return False  # whether it arrived is seen outside
