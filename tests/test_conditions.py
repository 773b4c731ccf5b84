"""`grader test` at home runs a notebook under the conditions of the grade: they travel with the recorded answers."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.bundle.record import TopicRecord
from grader.bundle.release import make_record
from grader.cli.exits import Exit
from grader.cli.testing import run_test
from grader.errors import BadRecord
from grader.inside.wire import decode, encode
from grader.submission.limits import Conditions, Limits
from grader.topics.folder import Assignment
from support.courses import SOFTMAX_SOLUTION

if TYPE_CHECKING:
    from grader.truth.reference import Oracle

SLOW = SOFTMAX_SOLUTION + "\nfor i in range(10 ** 8):\n    pass\ndone = True\n"


@pytest.fixture(scope="module")
def made(softmax: Assignment, truth: Oracle) -> TopicRecord:
    return make_record(softmax, truth, Conditions(Limits(cell_cpu_seconds=0.2, row_cpu_seconds=0.4), ("numpy", "yaml")))


def test_recorded_conditions_come_back_from_the_file(made: TopicRecord) -> None:
    assert TopicRecord.from_bytes(made.to_bytes(), "x.answers").conditions == made.conditions


def test_test_allows_what_the_course_allows_and_stops_what_it_stops(
    made: TopicRecord, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "softmax-xent.answers").write_bytes(made.to_bytes())
    (tmp_path / "softmax-xent.py").write_text("import yaml\nassert yaml.safe_load('[1]') == [1]\n" + SLOW)
    assert run_test(tmp_path / "softmax-xent.py", None, "text") is Exit.OK
    said = capsys.readouterr().out
    assert "took longer than 0.2 s of processor time (or slept) and was stopped" in said
    assert "imports `yaml`" not in said


@given(
    st.none()
    | st.dictionaries(st.sampled_from(["limits", "imports"]), st.none() | st.lists(st.integers(0, 9), max_size=2))
)
def test_a_file_with_other_conditions_is_refused(made: TopicRecord, conditions: object) -> None:
    other = {**decode(zlib.decompress(made.to_bytes())), "conditions": conditions}
    with pytest.raises(BadRecord, match="damaged"):
        TopicRecord.from_bytes(zlib.compress(encode(other)), "x.answers")
