"""Exhaust: a list of 12 million empty lists, a dozen times as large in the reader as on the wire.

breaches: careless
seen: too many parts
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
            + b"l"
            + struct.pack("<I", 12_000_000)
            + b"l\0\0\0\0" * 12_000_000
        )
        return wire.HEADER.pack(wire.MAGIC, nonce, len(payload)) + payload

    wire.frame = frame


def breach():
    return False
