"""A hundred submissions in a row, honest and hostile: nothing grows (bench/soak.py does it with thousands)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "bench"), str(HERE / "hostile")]

from harness import Lacking  # noqa: E402
from soak import Sample, grown, soak  # noqa: E402


@pytest.mark.skipif(sys.platform != "linux", reason="the fork server is for Linux")
def test_a_hundred_submissions_leave_nothing_behind() -> None:
    try:
        samples, wrong = soak(100, workers=2, every=5)
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
def test_a_leak_would_be_seen(leak: dict[str, float], said: str) -> None:
    nothing = dict.fromkeys(("grader_mb", "server_mb", "descriptors", "threads", "processes", "temporary_files"), 0)
    samples = [Sample(n, **{name: n * leak.get(name, 0) for name in nothing}) for n in range(20)]
    assert list(grown(samples)) == [said]
