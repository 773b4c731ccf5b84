"""Exhaust: an array that claims 10¹² items and brings none.

breaches: careless
seen: absurd dimension
"""

import struct
import sys

wire = sys.modules.get("grader_inside.wire")
if wire:
    honest = wire.frame

    def frame(value, nonce):
        if not value.get("ok"):
            return honest(value, nonce)
        payload = b"d" + struct.pack("<I", 1) + struct.pack("<I", 2) + b"ok" + b"a" + struct.pack("<BBQ", 0, 1, 10**12)
        return wire.HEADER.pack(wire.MAGIC, nonce, len(payload)) + payload

    wire.frame = frame


def breach():
    return False
