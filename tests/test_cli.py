"""The command: what it prints where, and what its exit status says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.submission.jail import ProcessJail
from grader.submission.jail.levels import SENTENCES
from support.command import grader
from support.courses import HEAVY_SOLUTION, SOFTMAX_SOLUTION, hand_in
from support.notebooks import notebook

COMMAND = [sys.executable, "-c", "from grader.cli import main; main()"]
SUMMED = SOFTMAX_SOLUTION.replace("labels].mean()", "labels].sum()")


@pytest.fixture
def here(shared_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The course is found from the working directory; outputs go elsewhere."""
    monkeypatch.chdir(shared_folder)
    monkeypatch.setenv("GRADER_SECRET", "hush")
    return tmp_path


def grade(here: Path, *options: str, folder: str = "class") -> Any:
    """On any machine: what a low level changes is a test of its own."""
    return grader("grade", here / folder, "-o", here / "out", "--trust-submissions", *options)


# ------------------------------------------------------------------------------------------ exit 0 and what is printed


def test_grading_writes_the_gradebook_its_exports_and_a_line_for_each(here: Path) -> None:
    hand_in(here / "class", "ada", SOFTMAX_SOLUTION)
    hand_in(here / "class", "alan", SUMMED)
    done = grade(here)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "ada   softmax-xent     12/12",
        "alan  softmax-xent      9/12  not earned: loss, huge, pure, shift",
    ]
    assert "graded 2 of 2 submissions. Report: " in done.stderr
    assert "grading: 2 of 2" in done.stderr
    for path in ("gradebook.db", "grades.csv", "report/index.html", "report/students/ada.html"):
        assert (here / "out" / path).is_file()


def test_below_level_2_grading_wants_to_be_told_that_submissions_are_trusted(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def weakest(imports: Any) -> ProcessJail:
        jail = ProcessJail(imports)
        jail.level, jail.sentence = 0, SENTENCES[0]
        return jail

    hand_in(here / "class", "ada", HEAVY_SOLUTION, "heavy-ball.py")
    monkeypatch.setattr("grader.cli.grading.measured_jail", weakest)
    refused = grader("grade", here / "class", "-o", here / "out")
    assert refused.exit_code == 2
    assert SENTENCES[0] in refused.stderr
    assert "--trust-submissions" in refused.stderr
    assert not (here / "out" / "grades.csv").exists()
    assert grade(here, "--format", "json").exit_code == 0
    result = json.loads((here / "out" / "results" / "ada" / "heavy-ball.json").read_text())
    assert result["jail"] == SENTENCES[0]


def test_the_doctor_says_the_level_and_what_was_tried() -> None:
    done = grader("doctor", "--format", "json")
    found = json.loads(done.stdout)
    assert found["sentence"] == SENTENCES[found["level"]]
    assert done.exit_code == (0 if found["level"] >= 2 else 1)
    assert found["escaped"].keys() >= {"read_file", "connect", "fork", "see_name"}


def test_quiet_grading_prints_results_alone_and_no_progress_prints_a_summary(here: Path) -> None:
    hand_in(here / "class", "ada", HEAVY_SOLUTION, "heavy-ball.py")
    quiet = grade(here, "-q")
    assert (quiet.exit_code, quiet.stderr, len(quiet.stdout.splitlines())) == (0, "", 1)
    still = grade(here, "--no-progress", "--again")
    assert still.stderr.startswith("graded 1 of 1")


def test_a_missing_secret_is_noted(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRADER_SECRET")
    hand_in(here / "class", "ada", HEAVY_SOLUTION, "heavy-ball.py")
    assert "GRADER_SECRET is not set, so the grading cases can be foreseen" in grade(here).stderr


def test_every_form_can_be_read_by_programs(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(here / "class", "ada", SUMMED)
    summary = here / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    out = {form: grade(here, "--format", form) for form in ("json", "jsonl", "gradescope", "github", "junit")}
    assert {done.exit_code for done in out.values()} == {0}
    (result,) = json.loads(out["json"].stdout)
    (line,) = out["jsonl"].stdout.splitlines()
    assert result["score"] == json.loads(line)["score"] == 9
    assert sum(test["score"] for test in json.loads(out["gradescope"].stdout)["tests"]) == 9
    assert out["github"].stdout.strip()
    assert "ada" in summary.read_text()
    suite = ET.fromstring(out["junit"].stdout).find("testsuite")
    assert suite is not None
    assert suite.get("tests") == "6"


def test_list_prints_the_topics_and_show_a_students_feedback(here: Path) -> None:
    hand_in(here / "class", "ada", SUMMED)
    grade(here)
    assert "heavy-ball" in grader("list").stdout
    assert [topic["topic"] for topic in json.loads(grader("list", "--format", "json").stdout)] == [
        "softmax-xent",
        "heavy-ball",
    ]
    shown = grader("show", "ada", "-o", here / "out")
    assert shown.exit_code == 0
    assert "This looks like “loss summed”. Your loss grows with the batch" in shown.stdout
    assert json.loads(grader("show", "ada", "-o", here / "out", "--format", "json").stdout)[0]["student"] == "ada"


def test_a_released_bundle_is_earned_by_the_solution_under_grader_test(here: Path) -> None:
    done = grader("release", "--all", "-o", here / "release", "-q")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.split() == [str(here / "release" / slug) for slug in ("softmax-xent", "heavy-ball")]
    bundle = here / "release" / "heavy-ball"
    (bundle / "heavy-ball.ipynb").write_text(notebook(HEAVY_SOLUTION, topic="heavy-ball"))
    good = grader("test", bundle / "heavy-ball.ipynb")
    assert (good.exit_code, good.stdout.splitlines()[-1]) == (0, "6 of 6 points on the public cases")
    assert json.loads(grader("test", bundle / "heavy-ball.ipynb", "--format", "json").stdout)["score"] == 6


def test_verify_says_that_a_sound_topic_is_sound(here: Path) -> None:
    done = grader("verify", "heavy-ball", "--seeds", "1")
    assert done.exit_code == 0
    assert done.stdout.startswith("heavy-ball: sound on 1 seeds\n")
    assert json.loads(grader("verify", "heavy-ball", "--seeds", "1", "--format", "json").stdout)[0]["findings"] == []


# ------------------------------------------------------------------------------------------ exit 1: a check failed


def test_grade_with_check_exits_1_where_a_row_is_not_earned(here: Path) -> None:
    hand_in(here / "class", "ada", HEAVY_SOLUTION, "heavy-ball.py")
    assert grade(here, "--check").exit_code == 0
    hand_in(here / "class", "ada", SUMMED)
    assert grade(here, "--check").exit_code == 1


def test_grader_test_exits_1_where_a_row_is_not_earned(here: Path) -> None:
    grader("release", "heavy-ball", "-o", here / "release")
    done = grader("test", here / "release" / "heavy-ball" / "heavy-ball.ipynb")
    assert done.exit_code == 1
    assert "`heavy_ball` is not written yet" in done.stdout


def test_verifying_fails_for_an_unsound_topic_and_keeps_no_matrix(folder: Path) -> None:
    path = folder / "assignments" / "heavy_ball" / "mistakes.py"
    path.write_text(path.read_text().replace('now="w + lr * v"', 'now="w - v * lr"'))
    done = grader("verify", "heavy-ball", "--seeds", "1", "--write", "--course", folder)
    assert done.exit_code == 1
    assert "seed 1 of 1: mistake 'uphill' loses no row" in done.stdout
    assert "unsound: heavy-ball" in done.stderr
    assert not (path.parent / "matrix.txt").exists()


def test_writing_keeps_the_matrix_and_a_stale_one_is_noticed(folder: Path) -> None:
    matrix = folder / "assignments" / "heavy_ball" / "matrix.txt"
    assert grader("verify", "heavy-ball", "--seeds", "1", "--write", "--course", folder).exit_code == 0
    assert matrix.read_text() in grader("verify", "heavy-ball", "--seeds", "1", "--course", folder).stdout
    matrix.write_text("another")
    stale = grader("verify", "heavy-ball", "--seeds", "1", "--course", folder).stdout
    assert "matrix.txt differs: see the change with --write" in stale


# ------------------------------------------------------------------------------------------ exit 2: usage


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["verify", "softmax"], "the course has no topic 'softmax': did you mean softmax-xent?"),
        (["release", "zzz"], "the course has no topic 'zzz': it has softmax-xent, heavy-ball"),
        (["release"], "name the topics to release, or give --all"),
        (["grade", "nowhere"], "nowhere: there is no such file or folder"),
        (["grade", ".", "-a", "heavy-bal"], "did you mean heavy-ball?"),
        (["show", "ada", "-o", "nowhere"], "there is no gradebook here"),
        (["list", "--course", "nowhere"], "nowhere/autograder.yml: there is no such file"),
        (["test", "nowhere.py"], "nowhere.py: cannot be read: No such file or directory"),
        (["grade"], "Missing argument"),
        (["grade", ".", "--format", "xml"], "'xml' is not one of"),
        (["grade", ".", "-j", "0"], "Invalid value for '-j'"),
        (["grade", ".", "-j", "9" * 20], "Invalid value for '-j'"),
        (["grade", ".", "-o", ""], "Invalid value for '-o' / '--output': it is empty"),
        (["intake", ".", "-o", " "], "Invalid value for '-o' / '--output': it is empty"),
        (["grade", ".", "--round", ""], "Invalid value for '--round': it is empty"),
        (
            ["test", "assignments/heavy_ball/solution.py", "--answers", "/dev/zero"],
            "/dev/zero: is no file: give the course's TOPIC.answers",
        ),
        (["nosuch"], "No such command 'nosuch'"),
    ],
)
def test_wrong_usage_exits_2_with_a_sentence_and_no_traceback(here: Path, arguments: list[str], sentence: str) -> None:
    done = grader(*arguments)
    assert done.exit_code == 2, done.output
    assert sentence in " ".join(done.stderr.replace("│", " ").split())
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_folder_without_a_course_is_told_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = grader("list")
    assert done.exit_code == 2
    assert "no autograder.yml here or in any folder above" in done.stderr


def test_recorded_answers_of_an_older_grader_are_refused_with_a_sentence(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grader("release", "heavy-ball", "-o", here / "release")
    monkeypatch.setattr("grader.bundle.record.FORMAT", 999)
    done = grader("test", here / "release" / "heavy-ball" / "heavy-ball.ipynb")
    assert done.exit_code == 2
    assert "was made by an older grader than the one installed here: get the course's new bundle" in done.stderr


def test_a_notebook_without_recorded_answers_is_refused_with_a_sentence(here: Path) -> None:
    done = grader("test", hand_in(here, "ada", HEAVY_SOLUTION, "heavy-ball.py"))
    assert done.exit_code == 2
    assert "keep it, from the course's bundle, beside your notebook" in done.stderr


def test_answers_of_another_topic_are_refused(here: Path) -> None:
    grader("release", "heavy-ball", "-o", here / "release")
    other = hand_in(here, "ada", notebook(SOFTMAX_SOLUTION, topic="softmax-xent"), "work.ipynb")
    done = grader("test", other, "--answers", here / "release" / "heavy-ball" / "heavy-ball.answers")
    assert done.exit_code == 2
    assert "work.ipynb is for softmax-xent, but the recorded answers are for heavy-ball" in done.stderr


def test_grading_without_torch_says_what_to_install(here: Path) -> None:
    hand_in(here / "class", "ada", HEAVY_SOLUTION, "heavy-ball.py")
    code = f"import sys\nsys.modules['torch'] = None\n{COMMAND[-1]}"
    arguments = ["grade", str(here / "class"), "-o", str(here / "out"), "--trust-submissions"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr == "grader: this command needs torch: pip install 'graded-descent[grade]'\n"


# ------------------------------------------------------------------------------------------ exit 3: ungraded


def test_a_stray_file_is_named_and_the_others_are_graded(here: Path) -> None:
    hand_in(here / "class", "ada", HEAVY_SOLUTION, "heavy-ball.py")
    hand_in(here / "class", "alan", "x = 1", "diary.py")
    done = grade(here)
    assert done.exit_code == 3
    assert "diary.py: not graded: cannot tell which topic this is" in done.stderr
    assert done.stdout == "ada  heavy-ball       6/6\n"


def test_a_broken_reference_exits_3_and_leaves_the_submission_ungraded(folder: Path, here: Path) -> None:
    (folder / "reference" / "softmax_xent.py").write_text("def softmax_xent(**case): return 1 / 0")
    hand_in(here / "class", "ada", SOFTMAX_SOLUTION)
    done = grade(here, "--course", str(folder))
    assert done.exit_code == 3
    assert "ungraded" in done.stdout
    assert "graded 0 of 1 submissions, 1 UNGRADED" in done.stderr
    (result,) = json.loads(grade(here, "--course", str(folder), "--format", "json").stdout)
    assert (result["status"], result["score"]) == ("ungraded", None)


def a_folder(path: Path) -> None:
    path.mkdir(parents=True)


def a_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")


@pytest.mark.parametrize(
    ("there", "make", "said"),
    [
        ("grades.csv", a_folder, "grades.csv: is a directory: name another"),
        ("report", a_file, "report/students: not a directory: name another"),
        ("results", a_file, "results/ada: not a directory: name another"),
        ("gradebook.db", a_folder, "gradebook.db: it cannot be opened"),
        ("gradebook.db", a_file, "gradebook.db: this file is not a gradebook"),
        ("", a_file, "the folder cannot be made"),
    ],
    ids=[
        "grades.csv a folder",
        "report a file",
        "results a file",
        "gradebook a folder",
        "gradebook a text",
        "out a file",
    ],
)
def test_what_lies_in_the_way_of_an_output_is_named_and_exits_2(
    here: Path, there: str, make: Callable[[Path], None], said: str
) -> None:
    hand_in(here / "class", "ada", HEAVY_SOLUTION, "heavy-ball.py")
    make(here / "out" / there)
    done = grade(here)
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert "a bug" not in done.stderr


# ------------------------------------------------------------------------------------------ exit 4 and 130


def test_an_unexpected_exception_is_called_a_bug_and_exits_4(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*arguments: object) -> None:
        raise KeyError("oh")

    monkeypatch.setattr("grader.cli.show.open_course", bug)
    done = grader("list")
    assert done.exit_code == 4
    assert done.stderr.startswith("grader: a bug: KeyError: 'oh'\n(GRADER_DEBUG=1 shows where")
    monkeypatch.setenv("GRADER_DEBUG", "1")
    assert isinstance(grader("list").exception, KeyError)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_stops_at_once_and_keeps_what_was_finished(here: Path, folder: Path) -> None:
    limits = "limits: {row_cpu_seconds: 60, wall_factor: 8}\n"
    settings = (folder / "autograder.yml").read_text()
    (folder / "autograder.yml").write_text(settings[: settings.index("limits:")] + limits)
    hand_in(here / "class", "ada", HEAVY_SOLUTION, "heavy-ball.py")
    sleepy = "import time\ndef heavy_ball(*args, **kwargs):\n    time.sleep(1e6)"
    hand_in(here / "class", "zoe", sleepy, "heavy-ball.py")
    arguments = [
        "grade",
        str(here / "class"),
        "-o",
        str(here / "out"),
        "--trust-submissions",
        "-j",
        "1",
        "--course",
        str(folder),
    ]
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a background shell ignores it
    )
    deadline = time.monotonic() + 60
    while not ada_is_kept(here) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted: what was finished is kept" in talk
    assert "Traceback" not in talk
    assert grader("show", "ada", "-o", here / "out").stdout.startswith("ada  heavy-ball  6/6")


def ada_is_kept(here: Path) -> bool:
    return (here / "out" / "gradebook.db").is_file() and grader("show", "ada", "-o", here / "out").exit_code == 0


# ------------------------------------------------------------------------------------------ hostile files


def test_the_report_opens_no_link_and_no_pipe(here: Path) -> None:
    secret = here / "secret.py"
    secret.write_text("password = 'swordfish'")
    folder = here / "class" / "ada"
    folder.mkdir(parents=True)
    (folder / "softmax-xent.py").symlink_to(secret)
    os.mkfifo(folder / "heavy-ball.py")  # who opens it waits for ever
    done = grade(here)
    assert done.exit_code == 0
    assert "swordfish" not in (here / "out" / "report" / "students" / "ada.html").read_text()


def test_escape_sequences_in_file_names_do_not_reach_the_terminal(here: Path) -> None:
    hand_in(here / "class", "ada\x1b[31m\nroot  softmax-xent  12/12", HEAVY_SOLUTION, "heavy-ball.py")
    hand_in(here / "class", "\x1b]0;x\x07", "x = 1", "diary.py")
    done = grade(here)
    assert "\x1b" not in done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == 1


# ------------------------------------------------------------------------------------------ quick to start


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["grade", "--help"], ["test", "-h"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    heavy = "{'numpy', 'torch', 'nbconvert', 'nbformat', 'jinja2', 'yaml', 'rich.progress', 'grader.course'}"
    code = "import sys\nfrom grader.cli import main\ntry:\n    main()\nfinally:\n"
    code += f"    print(sorted({heavy} & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "[]\n")
    assert done.stdout
