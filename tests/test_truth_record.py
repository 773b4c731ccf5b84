"""Answers of the reference are found again by the question: in memory, on disk, and computed anew where anything changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.errors import OffTheRecord
from grader.inside.plan import Plan
from grader.numerics.compare import Truth
from grader.truth import record
from grader.truth.record import InMemory, OnDisk, Recorded, truths_from_bytes, truths_to_bytes


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(record.FOLDER, str(tmp_path / "kept"))
    return tmp_path / "kept"


def plan(number: float) -> Plan:
    plan = Plan()
    plan.want(*plan.call("trainings", np.array([number]), members=3))
    return plan


class Computing:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self, plan: Plan) -> list[Truth]:
        self.times += 1
        return [Truth(np.array([1.5, np.inf]), 2.0)]


def ask(version: str, number: float, compute: Computing) -> list[Truth]:
    """A new process would ask so: nothing is in memory."""
    return Recorded([OnDisk(version, truths_to_bytes, truths_from_bytes)], compute).run(plan(number))


def test_answers_on_disk_are_found_again_bit_for_bit() -> None:
    compute = Computing()
    first, second = (ask("v1", 1.0, compute) for _ in range(2))
    assert compute.times == 1
    assert np.array_equal(first[0].value, second[0].value)
    assert second[0].scale == 2.0


def test_answers_of_another_version_or_question_are_computed_anew() -> None:
    compute = Computing()
    for version, number in (("v1", 1.0), ("v2", 1.0), ("v1", 2.0)):
        ask(version, number, compute)
    assert compute.times == 3


@pytest.mark.parametrize("damage", [b"", b"noise", b"i\x00"])
def test_a_damaged_file_of_answers_is_computed_anew(folder: Path, damage: bytes) -> None:
    compute = Computing()
    ask("v1", 1.0, compute)
    [path] = (path for path in folder.rglob("*") if path.is_file())
    path.write_bytes(damage)
    assert np.array_equal(ask("v1", 1.0, compute)[0].value, [1.5, np.inf])
    assert compute.times == 2


def test_answers_come_also_where_no_file_can_be_written(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    assert ask("v1", 1.0, Computing())[0].scale == 2.0


def test_answers_found_on_a_further_record_are_put_on_the_nearer_ones() -> None:
    near, far = InMemory[list[Truth]](), InMemory[list[Truth]]()
    far.put(plan(1.0).digest(), [Truth(np.array(3.0), 1.0)])
    assert Recorded([near, far]).run(plan(1.0))[0].value == 3.0
    assert near.get(plan(1.0).digest()) is not None


def test_a_question_that_is_not_on_record_says_so_where_nobody_can_be_asked() -> None:
    with pytest.raises(OffTheRecord, match="only when graded"):
        Recorded([InMemory()], unknown="only when graded").run(plan(1.0))


def test_memory_keeps_the_latest_answers_and_no_more() -> None:
    memory, compute = InMemory[list[Truth]](most=2), Computing()
    for number in (1.0, 2.0, 3.0, 3.0, 1.0):
        Recorded([memory], compute).run(plan(number))
    assert compute.times == 4  # 3 was still there, 1 was not
    assert len(memory.answers) == 2
