"""What was handed in is taken in as it comes: every file ends as a submission or in a line."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import NothingThere, Unreadable
from grader.intake import zips
from grader.intake.take_in import Implausible, Intake, name_of, take_in
from grader.submission.notebook import read_source
from support.command import grader
from support.notebooks import notebook

TOPICS = ["adam", "momentum"]
ADAM = notebook("x = 1", topic="adam")
METADATA = """\
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: '77'
    :email: ada@example.org
  :created_at: 2026-10-05 23:59:01.000000000 Z
submission_12:
  :submitters:
  - :name: Grace Hopper
    :sid: '78'
    :email: grace@example.org
  - :name: Alan Turing
    :sid: '79'
  :created_at: 2026-10-06 00:10:00.000000000 Z
"""


def lay(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def found(intake: Intake) -> list[tuple[str, str, str]]:
    return [(s.student, s.topic, s.path.name) for s in intake.submissions]


EXPORTS = {
    "Canvas": (
        {"lovelaceada_4711_90210_adam.ipynb": ADAM, "hoppergrace_LATE_4712_90211_adam-1.ipynb": ADAM},
        {"lovelaceada", "hoppergrace"},
    ),
    "Canvas, short numbers": (
        {"alice_101_9_adam.ipynb": ADAM, "bob_102_8_adam.ipynb": ADAM},
        {"alice", "bob"},
    ),
    "Canvas, anonymous": (
        {"anon_x7Yq2_90210_adam.ipynb": ADAM, "LATE_anon_k3Lp9_90211_adam.ipynb": ADAM},
        {"anon_x7Yq2", "anon_k3Lp9"},
    ),
    "Moodle, folders": (
        {
            "Ada Lovelace_123_assignsubmission_file/adam.ipynb": ADAM,
            "Grace Hopper_124_assignsubmission_file_/adam.ipynb": ADAM,
        },
        {"Ada Lovelace", "Grace Hopper"},
    ),
    "Moodle, flat": (
        {
            "Ada Lovelace_123_assignsubmission_file_adam.ipynb": ADAM,
            "Grace H_124_assignsubmission_file_adam.py": "x = 1",
        },
        {"Ada Lovelace", "Grace H"},
    ),
    "Moodle, blind": (
        {
            "Participant_123_assignsubmission_file/adam.ipynb": ADAM,
            "Participant_124_assignsubmission_file/adam.ipynb": ADAM,
        },
        {"Participant 123", "Participant 124"},
    ),
    "Blackboard": (
        {
            "Adam week_ada12_attempt_2026-10-05-23-59-01_adam.ipynb": ADAM,
            "Adam week_grace7_attempt_2026-10-05-20-00-00_my adam.ipynb": ADAM,
            "Adam week_grace7_attempt_2026-10-05-20-00-00.txt": "Name: Grace",
        },
        {"ada12", "grace7"},
    ),
    "Google Classroom": (
        {"Ada Lovelace - adam.ipynb": ADAM, "Grace Hopper - Copy of adam.ipynb": ADAM},
        {"Ada Lovelace", "Grace Hopper"},
    ),
    "Gradescope": (
        {
            "submission_metadata.yml": METADATA,
            "submission_11/adam.ipynb": ADAM,
            "submission_12/adam.ipynb": ADAM,
        },
        {"Ada Lovelace", "Grace Hopper"},
    ),
    "nbgrader": (
        {
            "submitted/ada/week-3/adam.ipynb": ADAM,
            "submitted/grace/week-3/adam.ipynb": ADAM,
            "submitted/ada/week-3/timestamp.txt": "2026-10-05 23:59:01 UTC",
        },
        {"ada", "grace"},
    ),
    "a class": ({"ada/adam.ipynb": ADAM, "grace/adam.py": "x = 1"}, {"ada", "grace"}),
}


FORMS = ("folder", "a level too high", "two levels too high", "zip")
# A class one level too high is a student's folder: nothing tells them apart.
GIVEN = [(export, form) for export in EXPORTS for form in FORMS if export != "a class" or "high" not in form]


@pytest.mark.parametrize(("export", "form"), GIVEN)
def test_an_export_gives_each_student_a_submission(tmp_path: Path, export: str, form: str) -> None:
    files, students = EXPORTS[export]
    above = {"a level too high": "assignment_1/", "two levels too high": "export/assignment_1/"}.get(form, "")
    given = lay(tmp_path / "given", {above + name: text for name, text in files.items()})
    if form == "zip":
        given = zipped(tmp_path / "given.zip", files)
    intake = take_in([given], TOPICS, unpacked=tmp_path / "unpacked")
    assert {s.student for s in intake.submissions} == students
    assert {s.topic for s in intake.submissions} == {"adam"}
    assert intake.wanted == []
    assert bool(intake.said) == (export != "a class")


def test_the_platforms_stamp_decides_which_attempt_counts(tmp_path: Path) -> None:
    names = ("x_ada_attempt_2026-10-05-20-00-00_adam.ipynb", "x_ada_attempt_2026-10-04-20-00-00_adam.ipynb")
    given = lay(tmp_path / "given", dict.fromkeys(names, ADAM))
    for age, name in enumerate(names):
        os.utime(given / name, (1_800_000_000 + age,) * 2)  # the copy of the older attempt is newer
    [one] = take_in([given], TOPICS).submissions
    assert one.path.name == names[0]
    assert names[1] in one.notes[0].text


def test_two_people_of_one_name_are_two_students(tmp_path: Path) -> None:
    files = {f"Ada L_{id}_assignsubmission_file/adam.ipynb": ADAM for id in (123, 124)}
    assert [who for who, *_ in found(take_in([lay(tmp_path / "given", files)], TOPICS))] == ["Ada L 123", "Ada L 124"]


def test_a_notebook_counts_before_a_newer_script_and_that_before_a_newer_helper(tmp_path: Path) -> None:
    for number, names in enumerate(
        [("adam.ipynb", "adam.py"), ("adam.py", "test_adam.py"), ("adam.ipynb", "test_adam.py")]
    ):
        given = lay(tmp_path / str(number) / "ada", dict.fromkeys(names, ADAM if names[0].endswith("b") else "x = 1"))
        os.utime(given / names[0], (1, 1))
        [one] = take_in([given], TOPICS).submissions
        assert one.path.name == names[0]
        assert [names[1] in note.text and names[0] in note.text for note in one.notes] == [True]


def test_files_that_look_like_no_notebook_are_told_or_read(tmp_path: Path) -> None:
    files = {
        "ada/adam.ipynb": ADAM,
        "upper/ADAM.IPYNB": ADAM,
        "txt/adam.ipynb.txt": ADAM,
        "pdf/adam.pdf": "%PDF",
        ".dot/adam.ipynb": ADAM,
        "__init/adam.ipynb": ADAM,
        "checkpoint-karl/adam.ipynb": ADAM,
        "ada/.ipynb_checkpoints/adam-checkpoint.ipynb": ADAM,
        "ada/data.csv": "1",
        "ada/plot.png": "1",
    }
    given = lay(tmp_path / "class", files)
    (given / "empty").mkdir()
    intake = take_in([given], TOPICS)
    assert {who for who, *_ in found(intake)} == {"ada", "upper", "txt", ".dot", "__init", "checkpoint-karl"}
    assert {left.path.name: left.why for left in intake.wanted} == {
        "pdf": "none of its files can be graded: adam.pdf",
        "empty": "it is empty",
    }
    assert (
        intake.summary()
        == "files: 6 to be graded, 2 that cannot be, 3 that are no submissions (1 .csv, 1 .pdf, 1 .png)"
    )


def test_a_class_that_nobody_recognises_is_no_student(tmp_path: Path) -> None:
    given = lay(tmp_path / "class", {f"adam ({i}).ipynb": ADAM for i in range(14)})
    with pytest.raises(Implausible, match="class: 14 files claim to be this student's adam"):
        take_in([given], TOPICS)


@pytest.mark.parametrize("twin", ["ADA", "ada ", "ＡＤＡ"])
def test_names_that_differ_only_in_case_blanks_or_form_are_asked_about(tmp_path: Path, twin: str) -> None:
    given = lay(tmp_path / "class", {"ada/adam.ipynb": ADAM, f"{twin}/adam.py": "x = 1"})
    if name_of(twin) == "ada":
        assert len(take_in([given], TOPICS).submissions) == 1
    else:
        with pytest.raises(Implausible, match="one student or two"):
            take_in([given], TOPICS)


@given(st.text(max_size=200))
def test_any_name_is_one_folder_and_stays_itself(text: str) -> None:
    name = name_of(text)
    assert name == name_of(name)
    assert name not in ("", ".", "..")
    assert not set(name) & set("/\\\0\n\x1b")
    assert len(name) <= 100


def test_a_topics_name_is_no_students(tmp_path: Path) -> None:
    """adam_2024_11200_final.ipynb is no export of Canvas, but a student's way to name a file."""
    given = lay(tmp_path / "ada", {"adam_2024_11200_final.ipynb": ADAM, "momentum - done.ipynb": notebook("x")})
    assert {who for who, *_ in found(take_in([given], TOPICS))} == {"ada"}


@pytest.mark.parametrize("text", ["- a list", "{", "!!python/object:x {}", ""])
def test_metadata_that_gradescope_did_not_write_are_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    given = lay(tmp_path / "g", {"submission_metadata.yml": text, "submission_11/adam.ipynb": ADAM})
    with pytest.raises(Implausible, match="download the export again"):
        take_in([given], TOPICS)


# ------------------------------------------------------------------------------------------ zips


def refused(tmp_path: Path, path: Path) -> dict[str, str]:
    return {each.name: each.why for each in zips.unpack(path, tmp_path / "out")}


def test_a_zip_never_writes_beside_its_folder(tmp_path: Path) -> None:
    files = {"../evil.py": "x", "/etc/evil.py": "x", "a/../../evil.py": "x", "..\\evil.py": "x", "ada/adam.py": "x = 1"}
    path = zipped(tmp_path / "z.zip", files)
    assert len(refused(tmp_path, path)) == 4
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["z.zip", "adam.py"]


def test_a_link_in_a_zip_is_not_made(tmp_path: Path) -> None:
    member = zipfile.ZipInfo("ada/adam.py")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr(member, "/etc/passwd")
    assert refused(tmp_path, tmp_path / "z.zip") == {"ada/adam.py": "it is a link"}
    assert not (tmp_path / "out" / "ada").exists()


def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MAX_FILE_BYTES", 1 << 20)
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada/adam.ipynb", b"\0" * (8 << 20))
        archive.writestr("grace/adam.py", "x = 1")
    assert list(refused(tmp_path, tmp_path / "z.zip")) == ["ada/adam.ipynb"]
    assert [p.name for p in (tmp_path / "out").rglob("*") if p.is_file()] == ["adam.py"]
    monkeypatch.setattr(zips, "MOST_BYTES", 1 << 10)
    with pytest.raises(Unreadable, match="unpack it yourself"):
        zips.unpack(tmp_path / "z.zip", tmp_path / "again")


def test_zips_in_a_zip_are_unpacked_and_a_third_is_not(tmp_path: Path) -> None:
    def inner(files: Mapping[str, str | bytes]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return buffer.getvalue()

    third = inner({"adam.py": "x"})
    path = zipped(
        tmp_path / "z.zip", {"ada/work.zip": inner({"adam.py": "x = 1", "deep.zip": third}), "grace/adam.py": "x"}
    )
    assert refused(tmp_path, path) == {"deep.zip": "it is a zip in a zip in a zip"}
    assert (tmp_path / "out" / "ada" / "work" / "adam.py").is_file()


def packed(files: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["...zip", "..zip", ".zip", "a...zip"])
def test_a_zip_whose_stem_leads_out_of_its_folder_is_unpacked_inside(tmp_path: Path, name: str) -> None:
    """A student hands in `...zip`, whose stem is `..`: what is in it would lie beside the student's folder, in another one's."""
    evil = packed({"Bob_124_assignsubmission_file/adam.ipynb": ADAM})
    mine, his = "Ada_123_assignsubmission_file", "Bob_124_assignsubmission_file"
    path = zipped(tmp_path / "z.zip", {f"{mine}/{name}": evil, f"{his}/momentum.py": "x = 1"})
    zips.unpack(path, tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out" / his).iterdir()) == ["momentum.py"]
    assert all(p.relative_to(tmp_path).parts[:2] == ("out", mine) for p in tmp_path.rglob("adam.ipynb"))


def test_a_download_whose_name_leads_out_of_the_output_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "unpacked").mkdir()
    (tmp_path / "gradebook.db").write_text("mine")
    take_in([zipped(tmp_path / "...zip", {"ada/adam.ipynb": ADAM})], TOPICS, unpacked=tmp_path / "unpacked")
    assert (tmp_path / "gradebook.db").read_text() == "mine"


def test_two_downloads_of_one_name_are_both_taken_in(tmp_path: Path) -> None:
    given = []
    for student in ("ada", "grace"):
        (tmp_path / student).mkdir()
        given.append(zipped(tmp_path / student / "download.zip", {f"{student}/adam.ipynb": ADAM}))
    intake = take_in(given, TOPICS, unpacked=tmp_path / "unpacked")
    assert [who for who, *_ in found(intake)] == ["ada", "grace"]
    assert all(s.path.is_file() for s in intake.submissions)


def test_a_member_whose_name_is_too_long_is_refused_alone(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"x" * 300 + ".py": "x = 1", "ada/adam.py": "x = 1"})
    assert len(refused(tmp_path, path)) == 1
    assert (tmp_path / "out" / "ada" / "adam.py").is_file()


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 no more", b"%PDF"])
def test_what_is_no_zip_is_told(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "z.zip").write_bytes(raw)
    with pytest.raises(Unreadable, match="is no zip that can be read"):
        take_in([tmp_path / "z.zip"], TOPICS, unpacked=tmp_path / "out")


def test_a_zip_without_a_notebook_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(NothingThere, match=r"z\.zip: no notebook"):
        take_in([zipped(tmp_path / "z.zip", {"a.txt": "x"})], TOPICS, unpacked=tmp_path / "out")


# ------------------------------------------------------------------------------------------ the command


def test_intake_makes_a_folder_for_each_student_and_a_list(shared_folder: Path, tmp_path: Path) -> None:
    text = notebook("x = 1", topic="heavy-ball")
    files = {
        "hw_ada12_attempt_2026-10-05-23-59-01_heavy ball.ipynb": text,
        "hw_ada12_attempt_2026-10-04-23-59-01_heavy ball.ipynb": text + " ",
        "hw_grace7_attempt_2026-10-05-20-00-00_heavy_ball.py": "x = 1",
    }
    given = zipped(tmp_path / "download.zip", files)
    command: list[str | Path] = ["intake", given, "-o", tmp_path / "class", "--course", shared_folder]
    for _ in range(2):  # the second time finds everything there, and adds nothing
        done = grader(*command)
        assert done.exit_code == 0, done.output
    kept = {str(path.relative_to(tmp_path / "class")) for path in (tmp_path / "class").rglob("*") if path.is_file()}
    assert kept == {"ada12/heavy ball.ipynb", "ada12/heavy ball (2).ipynb", "grace7/heavy_ball.py", "intake.json"}
    listed = json.loads((tmp_path / "class" / "intake.json").read_text())
    assert {each["student"] for each in listed["files"]} == {"ada12", "grace7"}
    assert "Blackboard" in done.output
    when = datetime(2026, 10, 5, 23, 59, 1).timestamp()
    times = {path.stat().st_mtime for path in (tmp_path / "class" / "ada12").iterdir()}
    assert when in times


def test_grade_takes_a_download_as_it_is(shared_folder: Path, tmp_path: Path) -> None:
    text = notebook("x = 1", topic="heavy-ball")
    given = zipped(tmp_path / "d.zip", {"lovelaceada_4711_90210_a.ipynb": text, "hoppergrace_4712_90211_b.ipynb": text})
    done = grader(
        "grade", given, "-o", tmp_path / "out", "--course", shared_folder, "--no-progress", "--trust-submissions"
    )
    assert "read as an export of Canvas" in done.output
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"lovelaceada", "hoppergrace"}


@pytest.mark.parametrize("ending", [".txt", ".json", ".py"])
def test_a_notebook_under_another_ending_is_read_as_one(ending: str) -> None:
    source = read_source(ADAM.encode(), f"adam.ipynb{ending}")
    assert [cell.code for cell in source.cells] == ["x = 1"]
    assert source.topic == "adam"
    assert [note.text for note in source.notes] == [
        f"The file is a notebook, though its name ends in {ending}: it was read as one. Call it .ipynb."
    ]
