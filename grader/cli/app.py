"""Declare the commands and their options. Each imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .. import __version__
from .exits import Exit, guarded

app = typer.Typer(
    name="grader",
    help="Grade numpy notebooks of a deep-learning course against PyTorch.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 a check failed, 2 usage or configuration, 3 some submission ungraded, 4 a bug, 130 interrupted.",
)


MOST_JOBS = 1024  # submissions side by side: each is a process


def _named(text: str) -> str:
    """Refuse a name that is empty."""
    if not text.strip():
        raise typer.BadParameter("it is empty")
    return text


def _folder(text: str | Path) -> Path:
    return Path(_named(str(text)))  # a default comes as the path that it is


OUTPUT, FOLDER = ("-o", "--output"), {"parser": _folder, "metavar": "FOLDER"}


class Form(StrEnum):
    """The forms of output that every command has."""

    text = "text"
    json = "json"
    jsonl = "jsonl"


class GradeForm(StrEnum):
    """The forms of output of `grade`: those of `Form`, and those of other programs."""

    text = "text"
    json = "json"
    jsonl = "jsonl"
    gradescope = "gradescope"
    github = "github"
    junit = "junit"


class Device(StrEnum):
    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


CourseOption = Annotated[
    Path | None,
    typer.Option("--course", help="Folder of the course's autograder.yml (default: found from here upwards)."),
]
Format = Annotated[Form, typer.Option("--format", help="Form of the output.")]
Round = Annotated[
    str, typer.Option("--round", callback=_named, help="Name of the round: another round draws other cases.")
]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="No progress bar.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors and data.")]


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        print(f"grader {__version__}")
        raise typer.Exit(Exit.OK)


@app.command()
def grade(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Notebooks, .py files, or folders of STUDENT/TOPIC.ipynb.")
    ],
    topic: Annotated[str | None, typer.Option("-a", "--assignment", help="The topic of every file given.")] = None,
    output: Annotated[Path, typer.Option(*OUTPUT, help="Folder of the gradebook and its exports.", **FOLDER)] = Path(
        "out"
    ),
    workers: Annotated[
        int,
        typer.Option(
            "-j",
            "--jobs",
            min=1,
            max=MOST_JOBS,
            help="Submissions graded side by side.",
            show_default="one per processor",
        ),
    ] = os.cpu_count() or 1,
    device: Annotated[Device | None, typer.Option(help="Where the reference runs (default: autograder.yml).")] = None,
    round: Round = "1",
    student: Annotated[str | None, typer.Option(help="The student of every file given.")] = None,
    trust: Annotated[
        bool, typer.Option("--trust-submissions", help="Grade below level 2 too (see `grader doctor`).")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Grade also what has a result that stands.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 where a row was not earned (for CI).")] = False,
    course: CourseOption = None,
    format: Annotated[GradeForm, typer.Option("--format", help="Form of the output.")] = GradeForm.text,
    no_progress: NoProgress = False,
    quiet: Quiet = False,
) -> None:
    """Grade submissions: write the gradebook, result files, grades.csv and the HTML report."""
    with guarded():
        from . import grading

        order = grading.Order(
            paths, topic, student, output, workers, device.value if device else None, round, course, trust, again
        )
        raise typer.Exit(grading.grade(order, format.value, check, progress=not (no_progress or quiet), quiet=quiet))


@app.command()
def intake(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Downloads of a platform, zips, files, or folders of them.")
    ],
    output: Annotated[Path, typer.Option(*OUTPUT, help="Folder for a folder of each student.", **FOLDER)],
    course: CourseOption = None,
    format: Format = Form.text,
    quiet: Quiet = False,
) -> None:
    """Sort what was handed in into a folder for each student. `grade` does the same on the way."""
    with guarded():
        from .intake import intake as run

        raise typer.Exit(run(paths, output, course, format.value, quiet))


@app.command()
def prepare(
    topics: Annotated[list[str] | None, typer.Argument(help="Topics to prepare (default: all).")] = None,
    device: Annotated[Device | None, typer.Option(help="Where the reference runs (default: autograder.yml).")] = None,
    round: Round = "1",
    course: CourseOption = None,
    format: Format = Form.text,
    no_progress: NoProgress = False,
    quiet: Quiet = False,
) -> None:
    """Find out ahead what a round's known mistakes answer, which `grade` else does beside the first submissions."""
    with guarded():
        from . import preparing

        raise typer.Exit(
            preparing.prepare(
                topics or [],
                round,
                device.value if device else None,
                course,
                format.value,
                progress=not (no_progress or quiet),
                quiet=quiet,
            )
        )


@app.command()
def test(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="Your notebook or .py file.")],
    answers: Annotated[
        Path | None, typer.Option(help="The recorded answers (default: TOPIC.answers beside it).")
    ] = None,
    format: Format = Form.text,
) -> None:
    """Check your own notebook against the recorded answers. Needs no torch."""
    with guarded():
        from . import testing

        raise typer.Exit(testing.run_test(notebook, answers, format.value))


@app.command()
def release(
    topics: Annotated[list[str] | None, typer.Argument(help="Topics to release.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every topic of the course.")] = False,
    output: Annotated[Path, typer.Option(*OUTPUT, help="Folder of the bundles.", **FOLDER)] = Path("release"),
    course: CourseOption = None,
    no_progress: NoProgress = False,
    quiet: Quiet = False,
) -> None:
    """Make the students' bundles: notebook, recorded answers, how to install."""
    with guarded():
        from . import authoring

        raise typer.Exit(
            authoring.release_topics(topics or [], everything, output, course, progress=not (no_progress or quiet))
        )


@app.command()
def verify(
    topics: Annotated[list[str] | None, typer.Argument(help="Topics to verify (default: all).")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 3,
    mutants: Annotated[
        bool,
        typer.Option("--mutants", help="Also make mutants of each solution and pairs of its mistakes: all are caught."),
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Keep the matrix in assignments/TOPIC/matrix.txt.")] = False,
    course: CourseOption = None,
    format: Format = Form.text,
    no_progress: NoProgress = False,
    quiet: Quiet = False,
) -> None:
    """Prove topics: solution and variants full, do-nothing programs 0, every mistake caught and named."""
    with guarded():
        from . import authoring

        raise typer.Exit(
            authoring.verify_topics(
                topics or [], seeds, mutants, write, course, format.value, progress=not (no_progress or quiet)
            )
        )


@app.command()
def doctor(format: Format = Form.text) -> None:
    """Measure what this machine can promise about untrusted code."""
    with guarded():
        from . import doctor as examination

        raise typer.Exit(examination.examine(format.value))


@app.command("list")
def list_topics(course: CourseOption = None, format: Format = Form.text) -> None:
    """List the course's topics."""
    with guarded():
        from . import show

        raise typer.Exit(show.list_topics(course, format.value))


@app.command()
def show(
    student: Annotated[str, typer.Argument(help="The student.")],
    topic: Annotated[str | None, typer.Argument(help="The topic (default: all).")] = None,
    output: Annotated[Path, typer.Option(*OUTPUT, help="Folder of the gradebook.", **FOLDER)] = Path("out"),
    format: Format = Form.text,
) -> None:
    """Show what the gradebook says of a student."""
    with guarded():
        from . import show

        raise typer.Exit(show.show_student(student, topic, output, format.value))


def main() -> None:
    app()
