"""Answers that take long are kept on disk: found again, computed anew where anything that decides them changed or broke."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.inside.plan import Plan
from grader.numerics.compare import Truth
from grader.truth import cache


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.FOLDER, str(tmp_path / "kept"))
    return tmp_path / "kept"


def plan(number: float) -> Plan:
    plan = Plan()
    plan.want(*plan.call("trainings", np.array([number]), members=3))
    return plan


class Computing:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> list[Truth]:
        self.times += 1
        return [Truth(np.array([1.5, np.inf]), 2.0)]


def test_what_was_computed_is_found_again_bit_for_bit() -> None:
    compute = Computing()
    first, second = (cache.answers("v1", plan(1.0), compute) for _ in range(2))
    assert compute.times == 1
    assert np.array_equal(first[0].value, second[0].value)
    assert second[0].scale == 2.0


def test_another_version_or_another_question_is_computed_anew() -> None:
    compute = Computing()
    for version, number in (("v1", 1.0), ("v2", 1.0), ("v1", 2.0)):
        cache.answers(version, plan(number), compute)
    assert compute.times == 3


@pytest.mark.parametrize("damage", [b"", b"noise", b"i\x00"])
def test_a_damaged_file_is_as_none(folder: Path, damage: bytes) -> None:
    compute = Computing()
    cache.answers("v1", plan(1.0), compute)
    [path] = folder.iterdir()
    path.write_bytes(damage)
    assert np.array_equal(cache.answers("v1", plan(1.0), compute)[0].value, [1.5, np.inf])
    assert compute.times == 2


def test_where_nothing_can_be_kept_answers_come_all_the_same(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    assert cache.answers("v1", plan(1.0), Computing())[0].scale == 2.0
