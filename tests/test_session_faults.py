"""Hostile exceptions and lies on the channel: read with care, cut to size, and nobody else's answer."""

from __future__ import annotations

import select

import pytest

from grader.errors import Died, Raised, TimedOut, Wrong
from grader.submission.limits import Limits
from support.sessions import ANSWER, Open, ask

HOSTILE = {
    "a message that raises": "def __str__(self): raise ValueError('ha')",
    "a message that leaves": "def __str__(self): raise SystemExit",
    "a message that is no text": "def __str__(self): return 1",
    "a message without end": "def __str__(self): return 'x' * 10**8",
    "half a surrogate pair": "def __str__(self): return '\\ud800'",
    "a text that is sly": "def __str__(self):\n"
    "        return type('S', (str,), {'__str__': lambda s: 1/0, 'encode': lambda *a: 1/0})('x')",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_exception_is_the_students_fault(open_session: Open, kind: str) -> None:
    session = open_session(f"class Bad(Exception):\n    {HOSTILE[kind]}\ndef f():\n    raise Bad", ANSWER)
    with pytest.raises(Died if "sly" in kind else Raised) as caught:
        ask(session, "f")
    assert len(str(caught.value)) < 700
    assert ask(session, "answer") == 42


def test_names_that_a_student_chose_are_cut_short(open_session: Open) -> None:
    session = open_session("def f():\n    raise type('E' * 10**6, (Exception,), {})('x')")
    with pytest.raises(Raised) as caught:
        ask(session, "f")
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("code", ["def f():\n    return f()", "f = lambda: eval('(' * 10**5)"])
def test_endless_recursion_loses_its_row_only(open_session: Open, code: str) -> None:
    session = open_session(code, ANSWER)
    with pytest.raises((Raised, Died)):
        ask(session, "f")
    assert ask(session, "answer") == 42


CHANNEL = """
import os, socket, stat, struct, sys, threading, time
def channel():
    for n in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(n).st_mode):
                return socket.socket(fileno=os.dup(n))
        except OSError:
            pass
def nonce():
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    return bytes(frame.f_locals["nonce"])
def send(payload, nonce=b"0" * 16, length=None):
    channel().sendall(struct.pack("<4s16sQ", b"GDW1", nonce, len(payload) if length is None else length) + payload)
OK = b"d\\x01\\0\\0\\0\\x02\\0\\0\\0okl\\x01\\0\\0\\0i" + struct.pack("<q", 7)
"""


LIES = {
    "garbage": "channel().sendall(os.urandom(1000))",
    "a pickle": "channel().sendall(b'\\x80\\x04cos\\nsystem\\n(S\"true\"\\ntR.' * 9)",
    "an answer to another question": "send(OK)",
    "a lie about the length": "send(b'', nonce(), 2**60)",
    "a value that is no reply": "send(b'i' + bytes(8), nonce())",
    "a reply of the wrong form": "send(b'd\\x01\\0\\0\\0\\x02\\0\\0\\0okN', nonce())",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_on_the_channel_ends_the_process_and_loses_the_row(open_session: Open, lie: str) -> None:
    session = open_session(CHANNEL, f"def f():\n    {LIES[lie]}\n    return 1", ANSWER)
    with pytest.raises(Died, match="out of turn or out of form"):
        ask(session, "f")
    assert ask(session, "answer") == 42


def test_a_reply_before_it_was_asked_ends_the_process(open_session: Open) -> None:
    late = "def later():\n    time.sleep(0.1)\n    send(OK)\ndef f():\n    threading.Thread(target=later).start()\n    return 1"
    session = open_session(CHANNEL, late, ANSWER)
    assert ask(session, "f") == 1
    assert session.child is not None
    assert select.select([session.child.channel], [], [], 60)[0]
    with pytest.raises(Died, match="answered without being asked"):
        ask(session, "answer")
    assert ask(session, "answer") == 42


def test_a_second_reply_is_no_answer_to_the_next_question(open_session: Open) -> None:
    """The forged answer stands for its own question (a lie is just a wrong answer), never for another."""
    session = open_session(CHANNEL, "def f():\n    send(OK, nonce())\n    return 1", ANSWER)
    assert ask(session, "f") == 7
    with pytest.raises(Died):
        ask(session, "answer")
    assert ask(session, "answer") == 42


def test_dripped_bytes_do_not_extend_the_time(open_session: Open) -> None:
    """The whole message takes five times as long as the limit allows; it would be believed if it was waited for."""
    drip = """
def f():
    message = struct.pack("<4s16sQ", b"GDW1", nonce(), len(OK)) + OK
    for n in range(len(message)):
        channel().sendall(message[n:n + 1])
        time.sleep(2 / len(message))
"""
    session = open_session(CHANNEL, drip, limits=Limits(row_cpu_seconds=0.2, wall_factor=2))
    with pytest.raises(TimedOut, match="or slept"):
        ask(session, "f")


def test_forged_line_numbers_and_endless_texts_are_cut_to_size(open_session: Open) -> None:
    forge = """
def text(s): return struct.pack("<I", len(s)) + s
def number(n): return b"i" + struct.pack("<q", n)
def f():
    send(b"d" + struct.pack("<I", 5) + text(b"raised") + b"s" + text(b"E" * 10**6) + text(b"message") + b"s"
         + text(b"m" * 10**6) + text(b"cell") + number(2**62) + text(b"line") + number(-5)
         + text(b"calling") + b"s" + text(b"c" * 10**6), nonce())
def g():
    send(b"d" + struct.pack("<I", 2) + text(b"misfit") + b"s" + text(b"E" * 10**6) + text(b"sentence") + b"s"
         + text(b"m" * 10**6), nonce())
def h():
    send(b"d" + struct.pack("<I", 2) + text(b"missing") + b"s" + text(b"E" * 10**6) + text(b"have") + b"l"
         + struct.pack("<I", 90_000) + (b"s" + text(b"EEEEE")) * 90_000, nonce())
"""
    session = open_session(CHANNEL, forge)
    with pytest.raises(Raised) as raised:
        ask(session, "f")
    assert len(str(raised.value)) < 1500
    assert raised.value.cell is None
    for name in "gh":
        session.__exit__()  # or its second reply would end it
        with pytest.raises(Wrong) as caught:
            ask(session, name)
        assert len(str(caught.value)) < 1500
