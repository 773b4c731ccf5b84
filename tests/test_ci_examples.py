"""The CI examples, run as the platforms run them: with Gradescope's folders under a temporary root."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.output.exports.github import github
from grader.output.exports.gradescope import gradescope
from grader.result import Result, Status, Verdict
from support.repository import ROOT

CI = ROOT / "examples" / "ci"
GRADER = Path(sys.executable).parent / "grader"

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Gradescope runs its scripts on Linux")

GRADED = gradescope([Result("adam", "ada", "adam.ipynb", "0", (Verdict("r", "right", 2, 1, Status.LOST, "wrong"),))])


def make_zip(course: Path, out: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **environment}
    command = [sys.executable, str(CI / "gradescope" / "make_zip.py"), str(course), "-o", str(out)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


class Platform:
    """Gradescope's folders: the zip is unpacked to source/, and a `grader` stands where setup.sh puts it."""

    def __init__(self, root: Path, course: Path) -> None:
        self.root = root
        made = make_zip(course, root / "autograder.zip", GRADER_SECRET="it's $ecret")
        assert made.returncode == 0, made.stderr
        with zipfile.ZipFile(root / "autograder.zip") as archive:
            archive.extractall(root / "source")
            for entry in archive.infolist():  # extractall forgets the modes
                (root / "source" / entry.filename).chmod(entry.external_attr >> 16)
        (root / "submission").mkdir()
        shutil.copy(root / "source" / "run_autograder", root / "run_autograder")

    def hand_in(self, *names: str) -> None:
        for name in names:
            path = self.root / "submission" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")

    def install(self, script: str) -> None:
        """A stand-in for grader: a shell script that is called with grader's arguments."""
        command = self.root / "venv" / "bin" / "grader"
        command.parent.mkdir(parents=True)
        command.write_text(f"#!/usr/bin/env bash\n{script}\n")
        command.chmod(0o755)

    def start(self, **environment: str) -> subprocess.Popen[str]:
        environment = {"PATH": "/usr/bin:/bin", **environment, "AUTOGRADER_ROOT": str(self.root)}
        return subprocess.Popen(
            [str(self.root / "run_autograder")],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, **environment: str) -> tuple[dict[str, Any], str]:
        """results.json, and what instructors see."""
        output, _ = self.start(**environment).communicate(timeout=120)
        return self.results(), output

    def results(self) -> dict[str, Any]:
        return json.loads((self.root / "results" / "results.json").read_text(encoding="utf-8"))


@pytest.fixture
def course(tmp_path: Path) -> Path:
    course = tmp_path / "course"
    for name in ("autograder.yml", "assignments/adam/topic.py", "reference/adam.py", "examples/class/ada/adam.ipynb"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text("x")
    (course / "reference" / "__pycache__").mkdir()
    (course / "reference" / "__pycache__" / "adam.pyc").write_text("x")
    return course


@pytest.fixture
def platform(tmp_path: Path, course: Path) -> Platform:
    root = tmp_path / "auto grader"
    root.mkdir()
    return Platform(root, course)


def is_an_apology(report: dict[str, Any]) -> bool:
    """Well-formed for Gradescope, no score anywhere, and the student reads that it is not their fault."""
    parts = [report, *report["tests"]]
    return not any("score" in part for part in parts) and all("not your fault" in part["output"] for part in parts)


def test_the_gradescope_zip_has_its_scripts_at_the_root_and_only_the_course(tmp_path: Path, course: Path) -> None:
    assert make_zip(course, tmp_path / "a.zip", GRADER_SECRET="s").returncode == 0
    entries = {entry.filename: entry.external_attr >> 16 for entry in zipfile.ZipFile(tmp_path / "a.zip").infolist()}
    assert entries == {
        "setup.sh": 0o755,
        "run_autograder": 0o755,
        "course/autograder.yml": 0o644,
        "course/assignments/adam/topic.py": 0o644,
        "course/reference/adam.py": 0o644,
        "secret.env": 0o600,
    }


def test_packing_for_gradescope_says_what_is_missing(tmp_path: Path, course: Path) -> None:
    assert "GRADER_SECRET is not set" in make_zip(course, tmp_path / "a.zip").stderr
    refused = make_zip(tmp_path / "nowhere", tmp_path / "b.zip")
    assert (refused.returncode, "there is no autograder.yml here" in refused.stderr) == (2, True)


@on_linux
@pytest.mark.parametrize("status", [0, 1, 3])
def test_on_gradescope_the_result_is_published_and_other_output_goes_to_instructors(
    platform: Platform, status: int
) -> None:
    platform.hand_in("adam.ipynb")
    platform.install(f"echo talk >&2; echo '{json.dumps(GRADED)}'; exit {status}")
    report, output = platform.run()
    assert report == json.loads(json.dumps(GRADED))
    assert output == "talk\n"
    assert [path.name for path in (platform.root / "results").iterdir()] == ["results.json"]


@on_linux
def test_on_gradescope_grader_is_called_with_the_course_the_files_and_the_secret(platform: Platform) -> None:
    platform.hand_in("b c.ipynb", "-o.ipynb", "sub/a.ipynb", "_d.ipynb", "helper.py", "notes.txt")
    platform.hand_in("__MACOSX/a.ipynb", "._a.ipynb", ".ipynb_checkpoints/b.ipynb")
    platform.install('printf "%s\\n" "$@" "$GRADER_SECRET" >&2; exit 4')
    _, output = platform.run()
    assert "it's $ecret" in output
    asked = [line.replace(str(platform.root), "ROOT") for line in output.splitlines()]
    assert asked[:5] == ["grade", "--course", "ROOT/source/course", "--format", "gradescope"]
    files = sorted(line.removeprefix("ROOT/submission/") for line in asked if "submission/" in line)
    assert files == ["-o.ipynb", "_d.ipynb", "b c.ipynb", "sub/a.ipynb"]


@on_linux
def test_python_files_are_graded_where_there_is_no_notebook(platform: Platform) -> None:
    platform.hand_in("adam.py")
    platform.install('echo "${@: -1}" >&2; exit 4')
    assert "submission/adam.py" in platform.run()[1]


@on_linux
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo oops >&2; exit 4", "oops\nrun_autograder: grader ended with status 4"),
        ("kill -9 $$", "run_autograder: grader was stopped"),
        ("sleep 60", "run_autograder: grader was stopped after 1 seconds"),
        ("echo '{\"tests\": ['; exit 0", "grader ended with status 0, but wrote no complete result"),
        ("echo '{\"grade\": 1}'; exit 0", "wrote no complete result"),
        ("true", "wrote no complete result"),
        (None, "the command grader was not found"),
    ],
)
def test_a_grader_that_fails_on_gradescope_tells_the_student_that_it_is_not_their_fault(
    platform: Platform, script: str | None, reason: str
) -> None:
    platform.hand_in("adam.ipynb")
    if script:
        platform.install(script)
    report, output = platform.run(GRADER_SECONDS="1")
    assert is_an_apology(report)
    assert reason in output


@on_linux
def test_the_apology_is_on_gradescope_while_grading_and_after_a_kill(platform: Platform) -> None:
    platform.hand_in("adam.ipynb")
    platform.install(f"touch '{platform.root}/started'; exec sleep 5")
    process = platform.start()
    while not (platform.root / "started").exists():
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert is_an_apology(platform.results())


@on_linux
def test_an_empty_submission_is_told_what_to_hand_in(platform: Platform) -> None:
    platform.hand_in("notes.txt")
    report, _ = platform.run()
    assert (report["score"], "hand in a notebook" in report["output"]) == (0, True)


def test_an_ungraded_result_on_gradescope_reads_like_the_apology() -> None:
    assert (
        "not your fault" in gradescope([Result("a", "b", "c", "0", (Verdict("r", "c", 1, 0, Status.VOID),))])["output"]
    )


@on_linux
def test_the_image_is_built_with_the_packed_wheel_and_a_closed_course(platform: Platform) -> None:
    wheel = platform.root / "source" / "wheels" / "graded_descent-1.whl"
    wheel.parent.mkdir()
    wheel.touch()
    stubs = platform.root / "stubs"
    stubs.mkdir()
    for name in ("apt-get", "python3", "uv"):
        (stubs / name).write_text(f'#!/bin/sh\necho {name} "$@"\n')
        (stubs / name).chmod(0o755)
    environment = {"PATH": f"{stubs}:/usr/bin:/bin", "AUTOGRADER_ROOT": str(platform.root)}
    built = subprocess.run(
        [str(platform.root / "source" / "setup.sh")], env=environment, capture_output=True, text=True, check=True
    )
    assert f"{wheel}[grade]" in built.stdout.splitlines()[-1]
    assert (platform.root / "source" / "course" / "autograder.yml").stat().st_mode & 0o007 == 0


@on_linux
@pytest.mark.skipif(not GRADER.exists(), reason=f"no command {GRADER}: install the package to try the real one")
def test_the_real_grader_writes_a_result_on_the_platform(tmp_path: Path) -> None:
    platform = Platform(tmp_path, ROOT)
    shutil.copy(
        ROOT / "assignments" / "softmax_cross_entropy" / "solution.py",
        tmp_path / "submission" / "softmax-cross-entropy.py",
    )
    report, output = platform.run(PATH=f"{GRADER.parent}:/usr/bin:/bin", GRADER_OPTIONS="--trust-submissions")
    assert [test["status"] for test in report["tests"]] == ["passed"] * len(report["tests"]) != [], output
    assert sum(test["score"] for test in report["tests"]) == sum(test["max_score"] for test in report["tests"]) > 0


# GitHub


def workflow() -> dict[str, Any]:
    return yaml.safe_load((CI / "github" / "grade.yml").read_text(encoding="utf-8"))


def test_the_workflow_publishes_the_report_and_not_the_gradebook() -> None:
    steps = workflow()["jobs"]["grade"]["steps"]
    (upload,) = [step for step in steps if "upload-artifact" in step.get("uses", "")]
    assert (upload["if"], upload["with"]["path"]) == ("always()", "out/report")
    assert workflow()["permissions"] == {"contents": "read"}


@on_linux
@pytest.mark.parametrize("status", [0, 1, 3])
def test_the_github_grade_step_keeps_its_status_and_stops_commands_in_other_output(tmp_path: Path, status: int) -> None:
    (step,) = [step for step in workflow()["jobs"]["grade"]["steps"] if step.get("name") == "Grade"]
    (tmp_path / "handed-in").mkdir()
    log = github([Result("adam", "ada", "submission.ipynb", "0", (Verdict("r", "right", 2, 2, Status.EARNED),))])
    (tmp_path / "log").write_text(log)
    (tmp_path / "grader").write_text(f"#!/bin/sh\necho '::error::forged' >&2\ncat ../log\nexit {status}\n")
    (tmp_path / "grader").chmod(0o755)
    ended = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=tmp_path / "handed-in",
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == status
    assert ended.stdout.startswith(log)
    assert re.fullmatch(r"::stop-commands::(\w{32})\n\| ::error::forged\n\n::\1::\n", ended.stdout.removeprefix(log))
