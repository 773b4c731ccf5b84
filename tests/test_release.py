"""The students' bundle: a notebook from the handout, records, and no need of torch at home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.bundle.release import release
from grader.cli.testing import run_test
from grader.errors import TopicError
from grader.topics.folder import Assignment
from support.courses import SOFTMAX_SOLUTION


def released(folder: Path, target: Path, slug: str = "softmax-xent") -> Path:
    from grader.truth.reference import Oracle

    assignment = Assignment(slug, folder)
    return release(assignment, Oracle(assignment), target)


@pytest.fixture(scope="module")
def bundle(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released(shared_folder, tmp_path_factory.mktemp("release"))


def cells(bundle: Path) -> list[dict[str, Any]]:
    return json.loads((bundle / f"{bundle.name}.ipynb").read_text(encoding="utf-8"))["cells"]


def code(bundle: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in cells(bundle) if cell["cell_type"] == "code"]


def test_a_bundle_is_a_notebook_its_answers_and_how_to_begin(bundle: Path) -> None:
    assert sorted(path.name for path in bundle.iterdir()) == ["README.md", "softmax-xent.answers", "softmax-xent.ipynb"]
    assert '`check("softmax-xent")`' in (bundle / "README.md").read_text()


def test_the_notebook_is_valid_and_says_its_topic_and_stamp(bundle: Path) -> None:
    notebook = nbformat.read(bundle / "softmax-xent.ipynb", 4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    assert notebook.metadata.grader.topic == "softmax-xent"
    assert set(notebook.metadata.grader.stamp) == {"topic", "reference"}


def test_stub_and_check_markers_become_cells_in_the_order_of_the_handout(bundle: Path) -> None:
    first, stub, *checks = code(bundle)
    assert first == "import numpy as np\n\nfrom grader import check"
    assert stub.startswith('def softmax_xent(logits, labels):\n    """The mean over the batch')
    assert [line for line in checks if line.startswith("check")] == [
        f'check("softmax-xent", "{row}")' for row in ("loss", "huge", "grad", "sums", "pure")
    ]
    assert not any("{" in cell["source"][0] for cell in cells(bundle) if cell["cell_type"] == "markdown")


def test_the_bundle_holds_nothing_of_hidden_rows_solution_or_mistakes(bundle: Path) -> None:
    everything = (bundle / "softmax-xent.ipynb").read_text() + (bundle / "README.md").read_text()
    for secret in ("shift", "log_softmax", "keepdims", "cross_entropy"):
        assert secret not in everything


def test_the_untouched_handout_earns_nothing_at_home(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_test(bundle / "softmax-xent.ipynb", None, "text") == 1
    said = capsys.readouterr().out
    assert "`softmax_xent` is not written yet" in said
    assert said.endswith("0 of 11 points on the public cases\n")


BROKEN = {
    "a missing stub": ("{stub softmax_xent}\n", "", "{stub softmax_xent} on a line of its own 0 times, not once"),
    "a missing check": ("{check huge}\n", "", "{check huge} on a line of its own 0 times, not once"),
    "a check twice": ("{check huge}\n", "{check huge}\n{check huge}\n", "{check huge} on a line of its own 2 times"),
    "a marker in a sentence": ("{check huge}\n", "see {check huge}\n", "{check huge} on a line of its own 0 times"),
    "a function that is not there": (
        "{check huge}\n",
        "{check huge}\n{stub nosuch}\n",
        "{stub nosuch}, but the topic has no such",
    ),
    "a hidden row": ("{check huge}\n", "{check huge}\n{check shift}\n", "{check shift}, but the topic has no such"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_handout_that_does_not_fit_stops_the_release(folder: Path, tmp_path: Path, how: str) -> None:
    was, now, sentence = BROKEN[how]
    path = folder / "assignments" / "softmax_xent" / "handout.md"
    assert was in path.read_text()
    path.write_text(path.read_text().replace(was, now))
    with pytest.raises(TopicError) as caught:
        released(folder, tmp_path / "release")
    assert sentence in str(caught.value)
    assert not (tmp_path / "release").exists()


def test_a_solution_that_is_wrong_stops_the_release(folder: Path, tmp_path: Path) -> None:
    path = folder / "assignments" / "heavy_ball" / "solution.py"
    path.write_text(path.read_text().replace("return w - lr * v", "return w - lr * v * 1.001"))
    with pytest.raises(TopicError, match="the model solution does not earn 'steps'"):
        released(folder, tmp_path / "release", "heavy-ball")


# ------------------------------------------------------------------------------------------ at home, without torch

NO_TORCH = (
    "import os\nopen(os.environ['TORCH_WAS_ASKED_FOR'], 'w').close()\nraise ImportError('there is no torch here')"
)


@pytest.fixture
def at_home(bundle: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of a student: a torch that cannot be imported, and that leaves a trace where it is tried."""
    (tmp_path / "torch.py").write_text(NO_TORCH)
    return {**os.environ, "PYTHONPATH": str(tmp_path), "TORCH_WAS_ASKED_FOR": str(tmp_path / "asked")}


def python(environment: dict[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=folder, capture_output=True, text=True, timeout=60
    )


def test_grader_test_works_without_torch(bundle: Path, tmp_path: Path, at_home: dict[str, str]) -> None:
    work = tmp_path / "softmax-xent.py"
    work.write_text(SOFTMAX_SOLUTION)
    command = "from grader.cli import main; main()"
    done = python(at_home, bundle, "-c", command, "test", str(work), "--answers", "softmax-xent.answers")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("11 of 11 points on the public cases\n")
    assert not (tmp_path / "asked").exists()


def test_check_works_without_torch(bundle: Path, tmp_path: Path, at_home: dict[str, str]) -> None:
    script = tmp_path / "work.py"
    script.write_text(SOFTMAX_SOLUTION + '\nfrom grader import check\ncheck("softmax-xent")\n')
    done = python(at_home, bundle, str(script))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("11 of 11 points on the public cases\n")
    assert not (tmp_path / "asked").exists()


def test_an_import_of_torch_would_be_seen_where_there_is_none(
    bundle: Path, tmp_path: Path, at_home: dict[str, str]
) -> None:
    assert python(at_home, bundle, "-c", "import grader.truth.reference").returncode == 1
    assert (tmp_path / "asked").exists()
