"""The student's bundle: the notebook from handout and stubs, and the recorded answers that it checks itself against."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import TopicError
from ..files import atomic_write
from ..judging.known import in_this_process, run_mistakes
from ..judging.outcome_wire import for_bundle
from ..submission.in_process import Live
from ..submission.limits import DEFAULT, Conditions
from ..topics.folder import Assignment
from ..topics.handout import MARKER, check_folder
from ..topics.stubs import stub
from ..topics.trial import TruthSource
from ..truth.trials import PUBLIC_SEED
from .record import SUFFIX, TopicRecord, record

PREAMBLE = "import numpy as np\n\nfrom grader import check"
PREAMBLE_WITH_DATA = PREAMBLE + ", dataset\n"

HOW_TO = """# {title}

1. In a terminal: `pip install graded-descent` (Python 3.11 or newer; no torch needed).
2. Open `{slug}.ipynb` in this folder with Jupyter, or edit it in any other editor.
3. Write your functions. `check("{slug}")` in the notebook says what is right so far; so does
   `grader test {slug}.ipynb` in the terminal. `{slug}{suffix}` is what they compare with: keep it beside the notebook.
4. Hand in `{slug}.ipynb`. It is graded on other cases than those you see here.
"""
ABOUT_DATA = """
`{name}.csv.gz` is what `dataset("{name}")` reads: keep it beside the notebook, too. `{name}.md` says where it comes from.
"""


def release(assignment: Assignment, truth: TruthSource, folder: Path, conditions: Conditions = DEFAULT) -> Path:
    """Write FOLDER/SLUG/{SLUG.ipynb, SLUG.answers, README.md} and copies of the topic's data sets; returns that folder.

    Raises TopicError for an unfit topic.
    """
    problems = check_folder(assignment)
    if problems:
        raise TopicError(f"{assignment.slug}: {'; '.join(problems)}")
    kept = make_record(assignment, truth, conditions)
    target = folder / assignment.slug
    atomic_write(target / f"{assignment.slug}.ipynb", notebook_text(assignment, kept.stamp))
    how_to = HOW_TO.format(title=assignment.topic.title, slug=assignment.slug, suffix=SUFFIX)
    atomic_write(target / "README.md", how_to + "".join(ABOUT_DATA.format(name=name) for name in assignment.data))
    atomic_write(target / f"{assignment.slug}{SUFFIX}", kept.to_bytes())
    for name, path in zip(assignment.data, assignment.data_files, strict=True):
        for file in (path, path.with_name(f"{name}.md")):
            atomic_write(target / file.name, file.read_bytes())
    return target


def make_record(assignment: Assignment, truth: TruthSource, conditions: Conditions = DEFAULT) -> TopicRecord:
    known = run_mistakes(assignment, in_this_process(assignment, truth, PUBLIC_SEED))
    public = [row for row in assignment.topic.rubric if not row.hidden]
    return record(assignment, Live.of(assignment.solution), truth, for_bundle(known, public), conditions)


def notebook_text(assignment: Assignment, stamp: Any, code: dict[str, str] | None = None) -> str:
    """Return the handout as a notebook. `code` replaces stubs, by function name (that is how the example class is made)."""
    cells = [_cell(i, kind, text) for i, (kind, text) in enumerate(_parts(assignment, code or {}))]
    metadata = {
        "grader": {"topic": assignment.slug, "stamp": dict(stamp)},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def preamble(assignment: Assignment) -> str:
    """Return the first code cell: what a notebook imports, and the topic's data sets, each under its own name."""
    loads = [f'{name} = dataset("{name}")' for name in assignment.data]
    return "\n".join([PREAMBLE_WITH_DATA, *loads]) if loads else PREAMBLE


def _parts(assignment: Assignment, code: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of each cell: prose between markers, stubs, checks; the preamble after the first piece of prose."""
    stubs = {f.name: stub(f) for f in assignment.targets}
    pieces = MARKER.split(assignment.handout)
    yield "markdown", pieces[0].strip()
    yield "code", preamble(assignment)
    for kind, name, prose in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        yield "code", code.get(name, stubs[name]) if kind == "stub" else f'check("{assignment.slug}", "{name}")'
        if prose.strip():
            yield "markdown", prose.strip()


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": f"cell-{number:02}",
        "metadata": {},
        "source": text.splitlines(True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
