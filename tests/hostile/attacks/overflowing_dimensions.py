"""Exhaust: an array of 2³² × 2³² items, whose size overflows 64 bits.

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
        payload = (
            b"d"
            + struct.pack("<I", 1)
            + struct.pack("<I", 2)
            + b"ok"
            + b"a"
            + struct.pack("<BBQQ", 0, 2, 1 << 32, 1 << 32)
        )
        return wire.HEADER.pack(wire.MAGIC, nonce, len(payload)) + payload

    wire.frame = frame


def breach():
    return False
