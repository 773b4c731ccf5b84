"""A grader that has put submissions into a process of their own, and then believes whatever that process says. Never use it.

It shows that the attacks on what is read from a submission are alive: it takes lengths and shapes at their word, a late
answer for the next one, a score for a score, and as long as bytes arrive it waits for more.
usage: python -m hostile.careless NOTEBOOK; prints a JSON list of gains.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import resource
import socket
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from grader.inside import wire
from grader.inside.plan import Plan
from grader.submission.jail import ProcessJail
from grader.submission.limits import Limits
from hostile.naive import gradient

MEMORY = 768 << 20  # of this process: it shall fail soon, and take nothing with it
PIECE_SECONDS = 5.0  # for each piece that arrives, however many there are
LIMITS = Limits()
ITEM = {b"i": "<q", b"f": "<d"}


class Student:
    """A submission's process, asked and believed. `gains` says what was believed that should not have been."""

    def __init__(self, channel: socket.socket) -> None:
        channel.settimeout(PIECE_SECONDS)
        self.channel, self.stream = channel, channel.makefile("rb")
        self.gains: list[str] = []

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        nonce = os.urandom(wire.NONCE_BYTES)
        self.channel.sendall(wire.frame(request, nonce))
        if self.stream.peek(1)[:1] == b"\x80":  # as workers answered in the first version
            pickle.load(self.stream)
        _, got, length = wire.HEADER.unpack(exactly(self.stream, wire.HEADER.size))
        answer = decode(io.BytesIO(exactly(self.stream, length)))
        if got != nonce:
            self.gains.append("what answers no question was taken for an answer")
        if length > LIMITS.reply_mb << 20:
            self.gains.append(f"{length >> 20} MB were taken in")
        if "score" in answer:
            self.gains.append(f"a score of {answer['score']:g} was believed")
        return answer

    def call(self, name: str, *arguments: Any) -> Any:
        plan = Plan()
        plan.want(*plan.call(name, *arguments))
        return self.ask({"do": "plan", "plan": plan.to_wire(), "drop_handles": True}).get("ok", [None])[0]


def exactly(stream: BinaryIO, size: int) -> bytes:
    buffer = bytearray(size)
    if stream.readinto(buffer) != size:  # type: ignore[attr-defined]
        raise EOFError
    return bytes(buffer)


def decode(stream: BinaryIO) -> Any:
    """One value, in the form of grader/inside/wire.py."""
    tag = exactly(stream, 1)
    if tag in b"NFT":
        return {b"N": None, b"F": False, b"T": True}[tag]
    if tag in ITEM:
        return struct.unpack(ITEM[tag], exactly(stream, 8))[0]
    if tag == b"a":
        index, ndim = exactly(stream, 2)
        array = np.empty(struct.unpack(f"<{ndim}Q", exactly(stream, 8 * ndim)), wire.DTYPES[index])
        array.data.cast("B")[:] = exactly(stream, array.nbytes)
        return array
    (count,) = struct.unpack("<I", exactly(stream, 4))
    if tag == b"s":
        return exactly(stream, count).decode()
    if tag == b"d":
        return {
            exactly(stream, struct.unpack("<I", exactly(stream, 4))[0]).decode(): decode(stream) for _ in range(count)
        }
    return [decode(stream) for _ in range(count)]


def main() -> None:
    cells = [cell["source"] for cell in json.loads(Path(sys.argv[1]).read_text())["cells"]]
    rng = np.random.default_rng(12)
    logits, labels = rng.normal(size=(8, 5)), rng.integers(0, 5, 8)
    jail = ProcessJail()
    child = jail.start()
    student = Student(child.channel)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        student.ask(jail.settings(LIMITS) | {"data": {}})
        for number, code in enumerate(cells[:-1]):
            opened = student.ask({"do": "cell", "number": number, "code": code})
            for index in range(len(opened.get("lines", []))):
                student.ask({"do": "statement", "index": index, "stopped": False, "definitions": False})
        for _ in range(3):
            student.call("softmax_xent", logits, labels)
            got = student.call("softmax_xent_grad", logits, labels)
            if np.shape(got) == logits.shape and np.allclose(got, gradient(logits, labels)):
                student.gains.append("believed by the test")
        if student.call("breach") is True:
            student.gains.append("it says that it got what it wanted")
    except (EOFError, ConnectionError, TimeoutError):
        pass  # the submission ended itself, or said nothing for too long: its own loss
    finally:
        child.end()
        jail.close()
    print("\n" + json.dumps(student.gains))


if __name__ == "__main__":
    main()
