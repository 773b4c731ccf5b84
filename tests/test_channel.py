"""Reading messages from a socket: whole, in pieces, cut off; and what the reader lets its caller watch meanwhile."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from grader.inside.channel import receive
from grader.inside.wire import HEADER, WireError, frame

NONCE = b"n" * 16
MESSAGE = frame({"ok": [1, "two"]}, NONCE)
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(0.01)
        yield here, there


def test_messages_are_read_one_after_the_other_with_their_nonces(pair: Pair) -> None:
    here, there = pair
    there.sendall(MESSAGE + frame(None, b"m" * 16))
    assert receive(here, 100) == (NONCE, {"ok": [1, "two"]})
    assert receive(here, 100, nonce=b"m" * 16) == (b"m" * 16, None)


@pytest.mark.parametrize("size", [0, 5, HEADER.size, len(MESSAGE) - 1])
def test_a_message_that_is_cut_off_ends_the_reading(pair: Pair, size: int) -> None:
    here, there = pair
    there.sendall(MESSAGE[:size])
    there.close()
    with pytest.raises(EOFError):
        receive(here, 100)


def test_answer_to_another_question_is_refused(pair: Pair) -> None:
    here, there = pair
    there.sendall(MESSAGE)
    with pytest.raises(WireError, match="another question"):
        receive(here, 100, nonce=b"m" * 16)


def test_message_that_is_too_long_is_refused_before_it_is_read(pair: Pair) -> None:
    here, there = pair
    there.sendall(MESSAGE)
    with pytest.raises(WireError, match="over the limit of 10"):
        receive(here, 10)
    assert len(here.recv(1000)) == len(MESSAGE) - HEADER.size


def test_watch_sees_each_piece_and_each_timeout_and_ends_the_reading(pair: Pair) -> None:
    here, there = pair
    sent, looks = iter([MESSAGE[:3], b"", MESSAGE[3:40], MESSAGE[40:]]), []

    def watch() -> None:
        looks.append(1)
        there.sendall(next(sent))

    assert receive(here, 100, watch=watch)[1] == {"ok": [1, "two"]}
    assert len(looks) == 4
    with pytest.raises(StopIteration):  # whatever it raises comes through
        receive(here, 100, watch=watch)


def test_importing_what_runs_inside_leaves_the_graders_own_input_alone() -> None:
    program = "import builtins; before = builtins.input; import grader.inside.worker; print(builtins.input is before)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
