"""A Result survives its JSON form, and the form keeps to the schema that docs/ promises."""

from __future__ import annotations

import json
import math
import re

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.curves import read_curve
from grader.result import Hint, Note, Result, Status, Verdict
from support.repository import ROOT

DOCS = ROOT / "docs"
SCHEMA = json.loads((DOCS / "result.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

any_text = st.text(st.characters() | st.sampled_from("\ud800\udfff\0"), max_size=30)
evidence = st.dictionaries(
    any_text,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | any_text, lambda inner: st.lists(inner, max_size=3)
    ),
    max_size=3,
)


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    points = draw(st.floats(0, 100))
    return Verdict(
        id=draw(any_text),
        claim=draw(any_text),
        points=points,
        earned=draw(st.floats(0, points)),
        status=draw(st.sampled_from(Status)),
        message=draw(any_text),
        mistake=draw(st.none() | st.builds(Hint, any_text, any_text)),
        evidence=draw(evidence),
        hidden=draw(st.booleans()),
    )


results = st.builds(
    Result,
    topic=any_text,
    student=any_text,
    file=any_text,
    sha256=any_text,
    rows=st.lists(verdicts(), max_size=4).map(tuple),
    notes=st.lists(st.builds(Note, any_text, st.none() | st.integers(1, 99)), max_size=2).map(tuple),
    hashes=st.dictionaries(any_text, any_text, max_size=2),
    round=any_text,
    seconds=st.floats(0, 1e6),
)


def row(status: Status = Status.EARNED, points: float = 2, earned: float = 0, **more: object) -> Verdict:
    return Verdict("r", "it is right", points, earned, status, **more)  # type: ignore[arg-type]


def result(*rows: Verdict) -> Result:
    return Result("adam", "ada", "adam.ipynb", "0" * 64, rows)


@given(results)
def test_every_result_keeps_to_the_schema(value: Result) -> None:
    text = value.to_json()
    VALIDATOR.validate(json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON")))
    text.encode("utf-8")


@given(results)
def test_json_is_read_back_as_the_same_result(value: Result) -> None:
    again = Result.from_json(value.to_json())
    assert again.to_json() == value.to_json()
    assert again.score == value.score


def test_plain_results_come_back_equal() -> None:
    value = result(row(Status.LOST, mistake=Hint("off by one", "Count from 1."), evidence={"entry": [2], "cell": 4}))
    assert Result.from_json(value.to_json()) == value
    assert Result.from_json(value.to_json()).rows[0].cell == 4


def test_evidence_with_a_known_key_has_the_form_of_that_key() -> None:
    cell = {"code": "f(1)", "got": "2", "expected": "1", "calls": 3}
    value = result(row(Status.LOST, evidence={"structure": "the sign is flipped", "smallest": cell}))
    VALIDATOR.validate(json.loads(value.to_json()))
    for wrong in ({"structure": 3}, {"smallest": {"got": "2"}}, {"smallest": {**cell, "calls": "many"}}):
        assert not VALIDATOR.is_valid(json.loads(result(row(Status.LOST, evidence=wrong)).to_json()))


def test_evidence_may_hold_numbers_that_json_cannot() -> None:
    odd = {"got": math.nan, "expected": np.array([1.0, -np.inf]), "entry": (np.int64(2), 0), "big": 10**5000}
    form = json.loads(result(row(evidence=odd)).to_json())["rows"][0]["evidence"]
    assert form == {"got": "nan", "expected": [1.0, "-inf"], "entry": [2, 0], "big": "an integer of 16610 bits"}


def test_half_a_surrogate_pair_is_written_as_its_escape() -> None:
    text = result(row(message="\ud83d and \N{GRINNING FACE}")).to_json()
    assert r"\\ud83d and 😀" in text.encode().decode()


def test_one_void_row_makes_the_whole_result_ungraded() -> None:
    value = result(row(earned=2), row(Status.VOID))
    assert (value.status, value.score, value.max_score) == ("ungraded", None, 4)


def test_points_in_tenths_add_up_to_a_round_score() -> None:
    assert result(*[row(points=0.1, earned=0.1)] * 10).score == 1


@pytest.mark.parametrize(("points", "earned"), [(2, 3), (2, -1), (2, math.nan), (math.inf, 1), (-1, -1)])
def test_a_verdict_with_impossible_points_is_refused(points: float, earned: float) -> None:
    with pytest.raises(ValueError, match=r"row r: .* is not a possible grade"):
        row(points=points, earned=earned)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"schema": "grader/result/2"}', "this version reads 'grader/result/1'"),
        ("[1, 2]", "a result of schema None"),
        ('{"schema": "grader/result/1"}', "does not keep to 'grader/result/1': KeyError"),
        ('{"schema": "grader/result/1", "topic": "a", "student": "b", "source": 3}', "does not keep to"),
        ("not json", "Expecting value"),
    ],
)
def test_a_file_that_is_no_result_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        Result.from_json(text)


def test_the_schema_refuses_what_the_grader_never_writes() -> None:
    form = result(row(Status.VOID)).to_dict()
    VALIDATOR.validate(form)
    for wrong in ({"score": 0}, {"status": "graded"}, {"seed": 7}, {"schema": "grader/result/2"}):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate({**form, **wrong})


def test_the_page_explains_every_field_and_its_example_is_valid() -> None:
    page = (DOCS / "result.md").read_text(encoding="utf-8")
    fields = [*SCHEMA["properties"], *SCHEMA["$defs"]["row"]["properties"], *Status]
    assert [name for name in fields if f"`{name}`" not in page] == []
    example, shown = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    VALIDATOR.validate(json.loads(example))
    assert read_curve(json.loads(shown)) is not None
    value = Result.from_json(example)
    assert value.to_dict() == json.loads(example)
