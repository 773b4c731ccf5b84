"""`autograder.yml` as its author meets it: what is accepted, and the lines that say what is wrong."""

from __future__ import annotations

import dataclasses
import json
import re
import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.course.settings import MAX_BYTES, Course, Keys, TopicPlan
from grader.course.yaml_positions import Document
from grader.errors import CourseError
from grader.submission.limits import Limits
from support.fuzzing import FUZZ
from support.repository import ROOT

Load = Callable[[str | bytes], Course]
Complaints = Callable[[str | bytes], list[str]]

GOOD = "name: A course\ntopics: {adam: {weight: 1}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course's folder with three topics, as the working directory, so that errors name `autograder.yml` alone."""
    for module in ("adam", "batch_norm", "momentum"):
        (tmp_path / "assignments" / module).mkdir(parents=True)
        (tmp_path / "assignments" / module / "topic.py").touch()
    (tmp_path / "assignments" / "unfinished").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def load(folder: Path) -> Load:
    def load(text: str | bytes) -> Course:
        file = folder / "autograder.yml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Course.load(file)

    return load


@pytest.fixture
def complaints(load: Load) -> Complaints:
    def complaints(text: str | bytes) -> list[str]:
        with pytest.raises(CourseError) as caught:
            load(text)
        return str(caught.value).split("\n")

    return complaints


# --- What is accepted ---


def test_the_least_course_has_the_defaults(load: Load, folder: Path) -> None:
    course = load("name: A course\ntopics:\n  adam:\n")
    assert (course.root, course.name, course.device) == (folder, "A course", "auto")
    assert (course.imports, course.secret, course.limits) == (("numpy",), "GRADER_SECRET", Limits())
    assert course.topics["adam"].weight == 1
    assert course.topics["adam"].due is None


def test_every_setting_of_a_course_is_read(load: Load) -> None:
    course = load(
        "name: Everything\n"
        "topics:\n  batch-norm: {weight: 2.5, due: 2027-02-01}\n  adam: {}\n"
        "limits: {row_cpu_seconds: 7, memory_mb: 512}\n"
        "device: cpu\nimports: [numpy, scipy]\nsecret: OUR_SECRET\ntimezone: Europe/Berlin\n"
    )
    assert list(course.topics) == ["batch-norm", "adam"]
    assert course.topics["batch-norm"].weight == 2.5
    assert course.limits == Limits(row_cpu_seconds=7, memory_mb=512)
    assert (course.device, course.imports, course.secret) == ("cpu", ("numpy", "scipy"), "OUR_SECRET")


@pytest.mark.parametrize(
    ("due", "moment"),
    [
        ("2027-02-01", datetime(2027, 2, 1, 23, 59, 59, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))),
        ("2027-02-01 18:00", datetime(2027, 2, 1, 17, 0, tzinfo=UTC)),
        ("2027-07-01 18:00", datetime(2027, 7, 1, 16, 0, tzinfo=UTC)),
        ('"2027-02-01T18:00:30"', datetime(2027, 2, 1, 17, 0, 30, tzinfo=UTC)),
        ("2027-02-01T18:00:00-05:00", datetime(2027, 2, 1, 23, 0, tzinfo=UTC)),
        ("2027-02-01 18:00:00 +02:00", datetime(2027, 2, 1, 16, 0, tzinfo=UTC)),
        ("2027-02-01T18:00Z", datetime(2027, 2, 1, 18, 0, tzinfo=UTC)),
    ],
)
def test_due_dates_always_have_an_offset(load: Load, due: str, moment: datetime) -> None:
    found = load(f"name: a\ntimezone: Europe/Berlin\ntopics: {{adam: {{due: {due}}}}}").topics["adam"].due
    assert found is not None
    assert found == moment
    assert found.utcoffset() is not None


def test_a_date_without_a_time_zone_is_utc(load: Load) -> None:
    due = load("name: a\ntopics: {adam: {due: 2027-02-01}}").topics["adam"].due
    assert due is not None
    assert due.utcoffset() == timedelta(0)


def test_utc_needs_no_database_of_time_zones(
    load: Load, complaints: Complaints, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", absent)
    assert load(GOOD + "timezone: UTC").name == "A course"
    assert "that this machine knows" in complaints(GOOD + "timezone: Europe/Berlin")[0]


def test_names_and_numbers_in_autograder_yml_mean_what_they_look_like(load: Load) -> None:
    course = load("name: no\ntopics: {adam: {weight: 1e-5}}\nlimits: {wall_factor: 2}\n")
    assert course.name == "no"
    assert course.topics["adam"].weight == 1e-5
    assert isinstance(course.limits.wall_factor, float)


def test_a_byte_order_mark_and_windows_line_ends_are_fine(load: Load) -> None:
    assert load(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()).name == "A course"


def test_the_secret_comes_from_the_environment(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    course = load(GOOD + "secret: OUR_SECRET")
    monkeypatch.delenv("OUR_SECRET", raising=False)
    assert course.secret_bytes() is None
    monkeypatch.setenv("OUR_SECRET", "")
    assert course.secret_bytes() is None
    monkeypatch.setenv("OUR_SECRET", "pssst é")
    assert course.secret_bytes() == "pssst é".encode()


def test_a_course_is_found_from_a_folder_inside_it(load: Load, folder: Path) -> None:
    load(GOOD)
    assert Course.find(folder / "assignments" / "adam").root == folder
    assert Course.find(folder / "assignments" / "adam" / "topic.py").root == folder
    assert Course.find(Path(".")).root == folder


def test_a_course_that_is_not_found_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"no autograder\.yml here or in any folder above\. Go to the folder of a"):
        Course.find(tmp_path)


# --- What is wrong, and where ---

_DUE_PHRASE = "a date such as 2027-02-01, or a time such as 2027-02-01T18:00:00+01:00"
_SLUG_PHRASE = "at most 64 lower-case letters, digits and hyphens, a letter first."
_OCTAL_PHRASE = "is octal to some readers of YAML. Leave the leading zero out, or quote the value."
_NO_TOPIC_PHRASE = "Write it, or leave this topic out. There is `adam`, `batch-norm`, `momentum`."
_WEIGHT_PHRASE = "a number above 0 (at most 1000000)"


def test_all_problems_are_reported_at_once_in_the_order_of_the_file(complaints: Complaints) -> None:
    assert complaints(
        "name: 12\n"
        "topics:\n"
        "  adam:\n"
        "    weight: two\n"
        "    wieght: 1\n"
        "  batch_norm: {due: tomorrow}\n"
        "  adam: {weight: 3}\n"
        "limits: {memory_mb: 64.5, row_cpu_seconds: 010}\n"
        "imports: [numpy, 3]\n"
    ) == [
        "autograder.yml:1:7: name: should be one line of text (in quotes where it looks like a number), not 12.",
        f"autograder.yml:4:13: topics.adam.weight: should be {_WEIGHT_PHRASE}, not 'two'.",
        "autograder.yml:5:5: topics.adam.wieght: is no key here. Did you mean `weight`?",
        f"autograder.yml:6:3: topics.batch_norm: should be {_SLUG_PHRASE} Did you mean `batch-norm`?",
        f"autograder.yml:6:21: topics.batch_norm.due: should be {_DUE_PHRASE}, not 'tomorrow'.",
        "autograder.yml:7:3: topics.adam: is already given in line 3. Keep one of the two.",
        "autograder.yml:8:21: limits.memory_mb: should be a whole number from 256 to 1048576, not 64.5.",
        f"autograder.yml:8:44: limits.row_cpu_seconds: {_OCTAL_PHRASE}",
        "autograder.yml:9:18: imports.1: should be the name of a package, such as numpy, not 3.",
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("device: gpu", "3:9: device: should be auto, cpu or cuda, not 'gpu'."),
        ("device:", "3:8: device: should be auto, cpu or cuda, not nothing."),
        ("device: no", "3:9: device: should be auto, cpu or cuda, not 'no'."),
        ("imports: numpy", "3:10: imports: should be a list of packages, such as [numpy], not 'numpy'."),
        ("imports: [a.b]", "3:11: imports.0: should be the name of a package, such as numpy, not 'a.b'."),
        ("limits: [1]", "3:9: limits: should be a mapping such as {row_cpu_seconds: 5}, not a list."),
        (
            "limits: {wall_factor: 0.5}",
            "3:23: limits.wall_factor: should be a number from 1 to 1000, not 0.5.",
        ),
        (
            "limits: {wall_factor: .nan}",
            "3:23: limits.wall_factor: should be a number from 1 to 1000, not '.nan'.",
        ),
        ("limits: {wall_factor: 1001}", "3:23: limits.wall_factor: should be a number from 1 to 1000, not 1001."),
        ("limits: {wall_factor: 1e400}", "3:23: limits.wall_factor: is too large for a number. Write a smaller one."),
        ("limits: {wall_factor: true}", "3:23: limits.wall_factor: should be a number from 1 to 1000, not true."),
        ("limits: {wall_factor: '5'}", "3:23: limits.wall_factor: should be a number from 1 to 1000, not '5'."),
        ("limits: {wall_factor: 1:30}", "3:23: limits.wall_factor: should be a number from 1 to 1000, not '1:30'."),
        (
            "timezone: Mars",
            "3:11: timezone: should be a time zone that this machine knows, such as UTC or Europe/Berlin, not 'Mars'.",
        ),
        (
            "secret: 'hunter2'",
            "3:9: secret: should be the name of an environment variable, in capitals, not what is written (not rep",
        ),
        (
            "colour: red",
            "3:1: colour: is no key here. The keys here are `name`, `topics`, `limits`, `slip_share`, `device`, `imports`",
        ),
        ("1: 2\ntrue: 3", "3:1: 1: is no key here. The keys here are"),
        ("<<: {device: cpu}", "3:1: <<: is no key here."),
        ("? [a]\n: b", "3:3: a key should be a word, not a list or a mapping."),
    ],
)
def test_a_wrong_line_of_autograder_yml_is_told_with_its_place(
    complaints: Complaints, line: str, complaint: str
) -> None:
    assert complaints(GOOD + line)[0].startswith(f"autograder.yml:{complaint}")


@pytest.mark.parametrize(
    ("topics", "complaint"),
    [
        ("adm:", "2:10: topics.adm: there is no assignments/adm/topic.py. Did you mean `adam`?"),
        (
            "zzz:",
            f"2:10: topics.zzz: there is no assignments/zzz/topic.py. {_NO_TOPIC_PHRASE}",
        ),
        ("unfinished:", "2:10: topics.unfinished: there is no assignments/unfinished/topic.py. Write it"),
        (
            "Batch Norm:",
            "2:10: topics.Batch Norm: should be at most 64 lower-case letters, digits and hyphens, a letter first.",
        ),
        (f"{'a' * 300}:", f"2:10: topics.'{'a' * 29}...{'a' * 30}': should be at most 64 lower-case letters"),
        ("MOMENTUM:", f"2:10: topics.MOMENTUM: should be {_SLUG_PHRASE} Did you mean `momentum`?"),
        ("../adam:", "2:10: topics.../adam: should be at most 64 lower-case letters"),
        ("", "2:9: topics: should be a mapping with a key for each topic, such as `adam:`, not an empty mapping."),
        ("adam: 2", "2:16: topics.adam: should be a mapping such as {weight: 1, due: 2027-02-01}, or nothing, not 2."),
        ("adam: {weight: 0}", f"2:25: topics.adam.weight: should be {_WEIGHT_PHRASE}, not 0."),
        ("adam: {weight: 2e6}", f"2:25: topics.adam.weight: should be {_WEIGHT_PHRASE}, not 2000000.0."),
        ("adam: {weight: -1}", f"2:25: topics.adam.weight: should be {_WEIGHT_PHRASE}, not -1."),
        ("adam: {due: 2027-02-30}", f"2:22: topics.adam.due: should be {_DUE_PHRASE}, not '2027-02-30'."),
        ("adam: {due: 2027-2-1}", f"2:22: topics.adam.due: should be {_DUE_PHRASE}, not '2027-2-1'."),
        ("adam: {due: 0227-02-01}", f"2:22: topics.adam.due: should be {_DUE_PHRASE}, not '0227-02-01'."),
        ("adam: {due: 20270201}", f"2:22: topics.adam.due: should be {_DUE_PHRASE}, not 20270201."),
        ("adam: {due: 2027-02-01 24:30}", f"2:22: topics.adam.due: should be {_DUE_PHRASE}, not '2027-02-01 24:30'."),
    ],
)
def test_a_wrong_topic_in_autograder_yml_is_told_with_its_place(
    complaints: Complaints, topics: str, complaint: str
) -> None:
    (line,) = complaints(f"name: a\ntopics: {{{topics}}}\n")
    assert line.startswith(f"autograder.yml:{complaint}")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "1:1: the file is empty. A course needs `name:` and `topics:`."),
        ("# nothing yet\n---\n", "1:1: the file is empty."),
        ('topics: {adam: }\nname: "two\\nlines"', "2:7: name: should be one line of text"),
        ("- name", "1:1: should be keys such as `name:` and `topics:`, not a list."),
        ("9" * 5000, "1:1: is too large for a number."),
        ("topics: {adam: }", "1:1: name: is missing. Add a line such as `name: Deep learning from scratch`."),
        ("name: a\nlimits:\n\twall_factor: 2", "3:1: a tab stands here. Indent and separate with spaces."),
        ("name: a: b", "1:8: a colon is not expected here. Check the colon and the indentation of the line above;"),
        ("name\ntopics: {}", "2:7: a colon is not expected here."),
        ("topics:\n  adam:\n weight: 1", "3:2: this line does not fit the lines above it. Check its indentation."),
        ("name: 'a\ntopics: {}", "1:7: this quote is never closed. Close it."),
        ("topics: {adam: {weight: 1}\nname: a", "1:9: a bracket or a comma is missing."),
        ("name: [", "1:8: a value is missing here"),
        ("name: @a", "1:7: this character cannot begin a plain value. Put the value in quotes."),
        ("name: a\n---\nname: b", "2:1: a second document begins here. Keep one"),
        ("name: &a b\nsecret: *a", "2:9: aliases (`*name`) are not read here. Write the value out."),
        ("name: !!python/name:os.system {}", "1:7: tags (`!name`) are not read here. Leave the tag out."),
        ("a: " + "[" * 60_000, "1:19: more than 16 levels of nesting. Flatten it."),
        ("- " * 30_000, "1:33: more than 16 levels of nesting. Flatten it."),
        ('name: "\\UFFFFFFFF"', "1:10: this escape or number is out of range. Correct it."),
        ('name: "\\ud800"', "1:7: holds half of a character"),
        ("name: a\nsecret: \x00", "2:9: the character '\\x00' is not allowed in YAML. Delete it."),
        (b"\xef\xbb\xbfname: \xff", "1:7: the byte 0xff is not UTF-8."),
        (b"name: caf\xe9", "1:10: the byte 0xe9 is not UTF-8. Save the file as UTF-8."),
        (b"\xef\xbb\xbfname: a\ndevice: \xff", "2:9: the byte 0xff is not UTF-8."),
        ("name: a".encode("utf-16"), "1:1: the byte 0xff is not UTF-8. Save the file as UTF-8."),
    ],
)
def test_a_file_that_is_no_course_is_refused_with_a_sentence(
    complaints: Complaints, text: str | bytes, complaint: str
) -> None:
    (line,) = complaints(text)
    assert line.startswith(f"autograder.yml:{complaint}")


def test_an_alias_bomb_is_refused_before_it_grows(complaints: Complaints) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert complaints(bomb) == ["autograder.yml:2:10: aliases (`*name`) are not read here. Write the value out."]


def test_of_many_problems_in_autograder_yml_the_first_are_told(complaints: Complaints) -> None:
    lines = complaints(GOOD + "".join(f"k{n}: 1\n" for n in range(105)))
    assert len(lines) == 101
    assert lines[-1] == "autograder.yml: and 5 more. Is this the right file?"


def test_an_autograder_yml_that_is_absent_a_folder_too_large_or_unreadable_is_told(
    folder: Path, load: Load, complaints: Complaints, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (folder / "autograder.yml", folder / "assignments"):
        with pytest.raises(CourseError, match=r"there is no such file\. Write it as"):
            Course.load(path)
    assert complaints("#" * (MAX_BYTES + 1)) == ["autograder.yml: is larger than 64 KiB. Is this the right file?"]

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CourseError, match=r"autograder\.yml: cannot be read \(Permission denied\)\. Check its perm"):
        Course.load(folder / "autograder.yml")


def test_an_autograder_yml_elsewhere_is_named_in_full(
    load: Load, folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "autograder.yml").write_text("device: cpu\n")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(CourseError, match=f"^{re.escape(str(folder))}/autograder.yml:1:1: name: is missing"):
        Course.find(folder)


# --- No text breaks it ---

_WORDS = [
    "name",
    "topics",
    "adam",
    "weight",
    "due",
    "limits",
    "wall_factor",
    "timezone",
    "imports",
    "2027-02-01",
    "1e9",
]
_MARKS = [*":,-?[]{}'\"#&*!|>%@\\\t\n0.", ": ", "\n  "]
_YAMLISH = st.lists(st.sampled_from([*_WORDS, *_MARKS]))


@FUZZ
@given(st.one_of(st.binary(), st.text().map(str.encode), _YAMLISH.map("".join).map(str.encode)))
@example(b'"\\x')
@example(b"%YAML 1." + b"9" * 5000 + b"\n---\na")
def test_any_bytes_are_a_course_or_a_course_error(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed.yml"
    file.write_bytes(raw)
    with pytest.raises(CourseError) as caught:  # no topic exists there, so no text is a course
        Course.load(file)
    assert all(re.match(r".*fuzzed\.yml:\d+:\d+: .*[.?;`]", line) for line in str(caught.value).split("\n"))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=3),
    max_leaves=8,
)


@FUZZ
@given(st.dictionaries(st.sampled_from([*(key.name for key in dataclasses.fields(Keys)), "nam"]), _VALUES))
def test_any_values_are_a_course_or_a_course_error(tmp_path_factory: pytest.TempPathFactory, values: Any) -> None:
    file = tmp_path_factory.getbasetemp() / "fuzzed.yml"
    file.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    with pytest.raises(CourseError):
        Course.load(file)


# Beyond U+FFFF, JSON escapes a character as two halves, which YAML does not put together.
_TEXT = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]))


@settings(max_examples=100)
@given(st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), st.integers() | st.booleans() | st.none() | _TEXT))
def test_json_is_read_as_yaml_with_the_place_of_each_value(values: Any) -> None:
    text = json.dumps(values, indent=1)
    document = Document(text)
    assert document.data == values
    assert document.problems == []
    for line, key in enumerate(values, start=2):
        assert document.keys[(key,)] == (line, 2)
        assert document.values[(key,)] == (line, len(key) + 6)


# --- The page and the file that ship ---


def _documented() -> dict[str, list[str]]:
    """Key → the other cells of its row, from the tables of docs/autograder-yml.md."""
    page = (ROOT / "docs" / "autograder-yml.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("| \n").split(" | ")] for line in page.splitlines() if line[:2] == "| "
    ]
    return {row[0].strip("`"): row[1:] for row in rows if row[0].startswith("`")}


def _declared() -> dict[str, object]:
    """Key → its default, as the dataclasses declare it and the file would say it."""
    said: dict[Any, Any] = {dataclasses.MISSING: "required", Limits(): None, ("numpy",): ["numpy"]}
    return {
        prefix + key.name: said.get(key.default, key.default)
        for prefix, form in {"": Keys, "topics.SLUG.": TopicPlan, "limits.": Limits}.items()
        for key in dataclasses.fields(form)
    }


def test_autograder_yml_md_documents_every_key_and_its_default() -> None:
    defaults = {key: Document(cells[1].strip("`")).data for key, cells in _documented().items()}
    assert defaults == _declared()


def test_autograder_yml_md_gives_the_bounds_of_every_limit() -> None:
    bounds = {
        key: tuple(float(cell.strip("`")) for cell in cells[2:4])
        for key, cells in _documented().items()
        if "limits." in key
    }
    assert bounds == {
        f"limits.{limit.name}": (limit.metadata["ge"], limit.metadata["le"]) for limit in dataclasses.fields(Limits)
    }


def test_the_example_in_autograder_yml_md_is_a_valid_course(folder: Path, load: Load) -> None:
    (folder / "assignments" / "activations").mkdir()
    (folder / "assignments" / "activations" / "topic.py").touch()
    page = (ROOT / "docs" / "autograder-yml.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    course = load(shown)
    assert course.topics["batch-norm"].due == datetime(2027, 3, 1, 17, 0, tzinfo=UTC)


def test_the_course_of_this_repository_is_valid() -> None:
    course = Course.load(ROOT / "autograder.yml")
    assert set(course.topics) == {
        path.parent.name.replace("_", "-") for path in (ROOT / "assignments").glob("*/topic.py")
    }
    assert all(plan.due for plan in course.topics.values())
