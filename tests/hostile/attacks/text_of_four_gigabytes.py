"""Exhaust: a text that claims 4 GB and brings three letters.

breaches: careless
seen: shorter than it claims
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
            b"d" + struct.pack("<I", 1) + struct.pack("<I", 2) + b"ok" + b"s" + struct.pack("<I", 0xFFFFFFFF) + b"abc"
        )
        return wire.HEADER.pack(wire.MAGIC, nonce, len(payload)) + payload

    wire.frame = frame


def breach():
    return False
