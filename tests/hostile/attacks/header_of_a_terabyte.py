"""Exhaust: a frame whose header announces 10¹² bytes.

breaches: careless
seen: over the limit of
"""

import struct
import sys

wire = sys.modules.get("grader_inside.wire")
if wire:
    honest = wire.frame

    def frame(value, nonce):
        if not value.get("ok"):
            return honest(value, nonce)
        payload = b""
        return wire.HEADER.pack(wire.MAGIC, nonce, 10**12) + payload

    wire.frame = frame


def breach():
    return False
