"""docs/write-a-check.md: its check, as it stands on the page, judges functions and scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.checks import Script
from grader.errors import TopicError, Wrong
from grader.judging.evaluate import evaluate
from grader.judging.outcome import Outcome
from grader.result import Status
from grader.submission.in_process import Live
from grader.topics.folder import load_module
from grader.topics.rubric import Row, Topic
from grader.truth.trials import seeded_trials

PAGE = (Path(__file__).parent.parent / "docs" / "write-a-check.md").read_text(encoding="utf-8")
CHECK, USE = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
BETWEEN = '''
from grader import Reals, Row, sample

def softmax(logits: Reals["n c"]) -> Reals["n c"]:
    """The probabilities of each row."""

def cases(rng):
    yield "a batch", sample(softmax, rng, n=4, c=3)

'''


@pytest.fixture(scope="module")
def topic_py(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The two pieces of the page in one topic.py."""
    path = tmp_path_factory.mktemp("course") / "topic.py"
    path.write_text(CHECK + BETWEEN + USE, encoding="utf-8")
    return load_module(path, "a_check_of_ones_own")


def right(logits: np.ndarray) -> np.ndarray:
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def judged(topic_py: Any, row: Row, softmax: Callable[..., Any]) -> Outcome:
    topic, student = Topic("A topic", topic_py.cases, [row]), Live({"softmax": softmax})
    [outcome] = evaluate(topic, student, seeded_trials(topic, student, None, 0))  # type: ignore[arg-type]
    return outcome


def test_the_check_is_earned_by_a_right_function(topic_py: Any) -> None:
    assert judged(topic_py, topic_py.row, right).earned


@pytest.mark.parametrize(
    ("softmax", "said"),
    [
        (lambda logits: logits / logits.sum(), "softmax on a batch: entry ["),
        (lambda logits: np.zeros(logits.shape), "softmax on a batch: the answer does not depend on what it is given"),
        (lambda logits: right(logits)[0], "softmax: the shape is (3,), expected (4, 3)"),
    ],
)
def test_the_check_is_lost_with_evidence(topic_py: Any, softmax: Callable[..., Any], said: str) -> None:
    outcome = judged(topic_py, topic_py.row, softmax)
    assert outcome.status is Status.LOST
    assert str(outcome.error).startswith(said)


def test_the_check_can_be_asked_on_a_single_case(topic_py: Any) -> None:
    topic = Topic("A topic", topic_py.cases, [topic_py.row])
    trial = seeded_trials(topic, Live({}), None, 0)(topic_py.row)  # type: ignore[arg-type]
    alone = topic_py.row.check.single_case(trial)
    [(name, case)] = alone.cases
    assert (name, alone.specs["logits"].dims) == ("a batch", ("n", "c"))
    assert alone.write(case, Wrong("softmax on a batch", ""))[-1] == "softmax(logits)"


def test_the_check_takes_a_script(topic_py: Any) -> None:
    def twice(world: Any, case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        yield "softmax of softmax", world.softmax(world.softmax(case["logits"]))

    check = topic_py.unchanged(Script(twice, topic_py.softmax), when=topic_py.shifted, unless=topic_py.squared)
    row = Row("twice", 1, "twice is blind, too", check)
    assert judged(topic_py, row, right).earned
    assert not judged(topic_py, row, lambda logits: logits).earned


def test_what_an_authors_function_raises_is_the_authors(topic_py: Any) -> None:
    check = topic_py.unchanged(topic_py.softmax, when=lambda case: case["logit"], unless=topic_py.squared)
    outcome = judged(topic_py, Row("row", 1, "c", check), right)
    assert (outcome.status, type(outcome.error)) == (Status.VOID, TopicError)
    assert "a lambda raised KeyError: 'logit', on a batch" in str(outcome.error)
