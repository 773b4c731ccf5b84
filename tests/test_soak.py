"""A hundred submissions in a row, honest and hostile: nothing grows (bench/soak.py does it with thousands)."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from pathlib import Path

import pytest

from grader.course.grade import Grading
from grader.course.settings import Course
from grader.submission.find import Submission
from grader.submission.jail import ProcessJail
from hostile.harness import Lacking
from support.courses import hand_in
from support.repository import load_script

soak = load_script("bench/soak.py")


@pytest.mark.skipif(sys.platform != "linux", reason="the fork server is for Linux")
def test_a_hundred_submissions_leave_nothing_behind() -> None:
    try:
        samples, wrong = soak.soak(100, workers=2, every=5)
    except Lacking as lacking:
        pytest.skip(str(lacking))
    assert len(samples) == 20
    assert wrong == []


@pytest.mark.parametrize(
    ("leak", "said"),
    [
        ({"grader_mb": 1.0}, "grader_mb grew from 2 to 19"),
        ({"descriptors": 1}, "descriptors grew from 2 to 19"),
        ({"temporary_files": 1}, "temporary_files grew from 2 to 19"),
    ],
)
def test_a_leak_of_memory_descriptors_or_files_would_be_seen(leak: dict[str, float], said: str) -> None:
    nothing = dict.fromkeys(("grader_mb", "server_mb", "descriptors", "threads", "processes", "temporary_files"), 0)
    samples = [soak.Sample(n, **{name: n * leak.get(name, 0) for name in nothing}) for n in range(20)]
    assert list(soak.grown(samples)) == [said]


ANSWER_BYTES = 16 * 2**20
LARGE = """
import numpy as np
def softmax_xent(logits, labels):
    return np.ones(2 * 2**20)
softmax_xent_grad = softmax_xent
"""
DAMAGED = """
import struct, sys
wire = sys.modules["grader_inside.wire"]
def frame(value, nonce):
    payload = b"d" + struct.pack("<I", 1) + struct.pack("<I", 2) + b"ok" + b"?" + bytes(16 * 2**20)
    return wire.HEADER.pack(wire.MAGIC, nonce, len(payload)) + payload
def softmax_xent(logits, labels):
    wire.frame = frame
softmax_xent_grad = softmax_xent
"""


@pytest.mark.parametrize("code", [LARGE, DAMAGED], ids=["large", "damaged"])
def test_large_answers_are_forgotten_without_waiting_for_the_garbage_collector(
    jail: ProcessJail, shared_course: Course, tmp_path: Path, code: str
) -> None:
    grading = Grading(shared_course, jail)
    submission = Submission("mallory", "softmax-xent", hand_in(tmp_path, "mallory", code))
    grading.grade(submission)  # the truth and the answers of known mistakes are kept from here on
    gc.disable()
    tracemalloc.start()  # what is held, to the byte: the allocator may keep what was freed
    try:
        assert [grading.grade(submission).score for _ in range(3)] == [0, 0, 0]
        assert tracemalloc.get_traced_memory()[0] < ANSWER_BYTES
    finally:
        tracemalloc.stop()
        gc.enable()
