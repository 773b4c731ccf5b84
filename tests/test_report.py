"""The report as files: what its pages say, and that nothing from a student can act on them."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.output.report import write_report
from grader.output.report.cells import defining_cells, read_cells
from grader.output.report.cells import png as checked_png
from grader.output.report.statistics import summarise
from grader.output.report.text import as_on_screen, cut, percent
from grader.output.text import exact_points, one_line, printable, rounded_points, visible
from grader.result import Note, Result, Status, Verdict
from support.notebooks import code, display, markdown, notebook, stream
from support.report_samples import (
    ADAM,
    INSIDE,
    SOFTMAX,
    TOPICS,
    a_class,
    adam_rows,
    png,
    result,
    softmax_rows,
    usual_notebook,
)

HOSTILE = "<script>alert(1)</script></style><img src=x onerror=alert(2)>\u202etxt.exe\x1b[31m"


BLOCKS = ("p", "summary", "li", "dt", "dd", "td", "th", "h1", "h2", "h3", "h4", "title", "a")


class Page(HTMLParser):
    """The visible text and the elements of a page, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.silent = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.silent = tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self.silent = False
        if tag in BLOCKS:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


def write(tmp_path: Path, results: list[Result], files: dict[tuple[str, str], bytes] | None = None) -> dict[str, Page]:
    index = write_report(results, lambda s, t: (files or {}).get((s, t)), tmp_path, "Deep learning", TOPICS)
    pages = {"index": index, **{path.stem: path for path in (tmp_path / "students").glob("*.html")}}
    return {name: Page(path.read_text(encoding="utf-8")) for name, path in pages.items()}


def student_page(tmp_path: Path, source: str | bytes, rows: tuple[Verdict, ...] = (), file: str = "adam.ipynb") -> Page:
    data = source.encode() if isinstance(source, str) else source
    return write(tmp_path, [result("ada", "adam", rows or adam_rows(4), file)], {("ada", "adam"): data})["ada"]


def defined(source: str) -> dict[str, int]:
    return defining_cells(read_cells(source.encode(), "a.ipynb"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    return write(tmp_path_factory.mktemp("report"), *a_class())


def test_the_index_counts_what_was_graded_and_what_was_not(pages: dict[str, Page]) -> None:
    text = pages["index"].text
    assert "students 6 graded 10 ungraded 1 not handed in 1" in text
    assert "1 submission could not be graded" in text
    assert "alan · Softmax cross-entropy : the reference could not be computed" in text
    assert "Reference computed on cpu. Jail: level 3: Linux with user namespaces" in text


def test_the_index_links_to_every_students_page(pages: dict[str, Page]) -> None:
    links = {link["href"] for link in pages["index"].all("a")}
    assert {f"students/{name}.html" for name in pages if name != "index"} <= links


def test_statistics_of_a_topic_count_grades_lost_rows_and_mistakes() -> None:
    results, _ = a_class()
    adam = summarise([r for r in results if r.topic == "adam"])
    assert (adam.graded, adam.mean, adam.max_score) == (6, 6.5, 9)
    assert adam.bins == (0, 0, 0, 0, 3, 0, 0, 0, 0, 3)
    assert [(lost.row.id, lost.count, lost.share) for lost in adam.lost] == [("steps", 3, 0.5), ("tail", 3, 0.5)]
    assert [(hint.name, n) for hint, n in adam.mistakes] == [("eps inside the root", 3)]


def test_statistics_leave_out_the_ungraded_and_rows_that_were_not_asked() -> None:
    results, _ = a_class()
    softmax = summarise([r for r in results if r.topic == "softmax-cross-entropy"])
    assert (softmax.graded, softmax.ungraded, softmax.mean) == (4, 1, 3.5)
    assert [lost.row.id for lost in softmax.lost] == ["grad"]


def test_a_lost_row_says_what_where_and_why(pages: dict[str, Page]) -> None:
    text = pages["alan"].text
    assert (
        "thirty steps are right lost · cell 2 adam, step 3 of 30: entry (1,) is -0.2731381 instead of -0.2731379"
        in text
    )
    assert "This looks like “eps inside the root”. You add eps before taking the square root" in text
    assert "cell 5 : ZeroDivisionError" in text


def test_a_hint_is_given_in_full_once_and_as_above_from_then_on(tmp_path: Path) -> None:
    rows = tuple(
        Verdict(name, name, 1, 0, Status.LOST, "wrong", INSIDE, {"function": "adam"}, hidden=name == "a")
        for name in "abc"
    )
    text = student_page(tmp_path, notebook(code(ADAM)), rows).text
    assert text.count(INSIDE.hint) == 1
    assert text.index(INSIDE.hint) < text.index("This looks like “eps inside the root”, as above.")
    assert text.count("as above.") == 3  # the second row that is seen, and two verdicts beside the cell


def test_the_smallest_input_is_there_to_be_copied_but_not_of_a_hidden_row(tmp_path: Path) -> None:
    cell = {"code": "import numpy as np\n\nx = np.array([1.0])\nadam(x)", "got": "[2]", "expected": "[1]", "calls": 7}
    rows = tuple(
        Verdict(name, f"claim {name}", 1, 0, Status.LOST, "wrong", None, {"smallest": cell}, hidden=name == "b")
        for name in "ab"
    )
    page = student_page(tmp_path, notebook(code(ADAM)), rows)
    assert page.text.count("The smallest input on which it fails, to paste into a cell:") == 1
    assert [attributes["aria-label"] for attributes in page.all("pre") if attributes["class"] == "smallest"] == [
        "The smallest input on which it fails: claim a"
    ]
    assert "".join(page.words).count(f"{cell['code']}\n# yours:    [2]\n# expected: [1]") == 1


def test_a_stub_is_not_written_yet_and_no_line_is_to_blame(tmp_path: Path) -> None:
    evidence = {"type": "NotImplementedError", "cell": 1, "line": 2, "function": "adam"}
    row = Verdict("a", "a claim", 1, 0, Status.RAISED, "`adam` is not written yet", evidence=evidence)
    stub = "def adam(w):\n    raise NotImplementedError"
    page = student_page(tmp_path, notebook(code(stub)), (row,))
    assert "a claim not written yet · cell 1 adam is not written yet" in page.text
    assert "exception" not in page.text
    assert not [attrs for attrs in page.all("span") if attrs.get("class") == "line at"]


def test_notes_come_in_the_order_of_cells(tmp_path: Path) -> None:
    notes = (Note("third", 2), Note("first"), Note("second", 1))
    source = notebook(code(ADAM), code("x = 1"))
    page = write(tmp_path, [result("ada", "adam", adam_rows(4), notes=notes)], {("ada", "adam"): source.encode()})[
        "ada"
    ]
    assert "What happened while it ran first cell 1 : second cell 2 : third" in page.text


def test_an_unreadable_file_has_one_sentence_in_place_of_its_rows(tmp_path: Path) -> None:
    rows = tuple(Verdict(name, f"claim {name}", 1, 0, Status.LOST) for name in "abcde")
    said = Note("The file is empty: save your work and hand it in again.")
    page = write(tmp_path, [result("ada", "adam", rows, notes=(said,))], {("ada", "adam"): b""})["ada"]
    assert page.text.count(said.text) == 1
    assert "hand it in again. No row of the rubric could be asked." in page.text
    assert "claim" not in page.text
    assert "0 / 5" in page.text


def test_lost_rows_are_open_and_the_rest_is_folded(pages: dict[str, Page]) -> None:
    alan = pages["alan"].text
    assert alan.index("thirty steps are right lost") < alan.index("2 rows earned") < alan.index("first step is right")
    assert "All 4 rows earned" in pages["grace"].text
    folds = pages["alan"].all("details")
    assert folds
    assert not [fold for fold in folds if "open" in fold]


def test_long_cells_that_nothing_is_said_of_fold_to_their_first_line(tmp_path: Path) -> None:
    long = "\n".join(f"line_{n} = {n}" for n in range(13))
    page = student_page(
        tmp_path, notebook(markdown("short"), markdown("# Long\n\na\n\nb\n\nc"), code(long), code(f"{ADAM}\n{long}"))
    )
    folded = [fold for fold in page.all("details") if fold.get("class") == "cell folded"]
    assert len(folded) == 2
    assert "Long Long a b c" in page.text.replace("\n", " ")
    assert "line_0 = 0 cell 1" in page.text


def test_a_hidden_row_shows_no_more_than_its_claim_and_points(pages: dict[str, Page]) -> None:
    text = pages["alan"].text
    assert "a long run stays right lost · hidden row points: 0 / 2" in text
    assert "secret-case" not in text


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("ada", "earned in part"),
        ("alan", "not graded: a fault of ours"),
        ("edsger", "raised an exception · cell 1, line 6"),
        ("barbara", "ran out of time"),
        ("donald", "the process ended"),
        ("edsger", "not asked"),
        ("grace", "Softmax cross-entropy not handed in"),
    ],
)
def test_every_outcome_has_its_own_words(pages: dict[str, Page], student: str, words: str) -> None:
    assert words in pages[student].text


def test_an_ungraded_submission_shows_no_score(pages: dict[str, Page]) -> None:
    assert "it has no grade yet, and that is not a zero" in pages["alan"].text
    assert "3 / 8" not in pages["alan"].text


def test_verdicts_stand_beside_the_cell_that_defines_the_function(pages: dict[str, Page]) -> None:
    text = pages["alan"].text
    beside = text[text.index("def adam") : text.index("A first try")]
    assert "thirty steps are right lost · 0 / 3" in beside
    assert "first step is right earned · 3 / 3" in beside


def test_the_line_that_raised_is_marked(tmp_path: Path) -> None:
    page = student_page(tmp_path, SOFTMAX, softmax_rows("raised"), "softmax.py")
    marked = [attrs for attrs in page.all("span") if attrs.get("class") == "line at"]
    lines = [attrs for attrs in page.all("span") if (attrs.get("class") or "").startswith("line")]
    assert len(marked) == 1
    assert lines[5] is marked[0]


def test_a_file_that_cannot_be_read_keeps_its_verdicts(pages: dict[str, Page]) -> None:
    assert "The notebook is cut off in line 1" in pages["donald"].text
    assert "the process ended (out of memory)" in pages["donald"].text


def test_a_file_that_is_not_at_hand_keeps_its_verdicts(tmp_path: Path) -> None:
    page = write(tmp_path, [result("ada", "adam", adam_rows(4))])["ada"]
    assert "The file itself is not at hand" in page.text
    assert "thirty steps are right" in page.text


def test_prose_outputs_and_pictures_of_the_notebook_are_shown(pages: dict[str, Page]) -> None:
    page = pages["alan"]
    assert "m_t = \\beta_1 m_{t-1} + (1-\\beta_1) g_t" in page.text
    assert "loss 0.0007315964" in page.text
    assert "ZeroDivisionError: division by zero" in page.text
    assert [image["alt"] for image in page.all("img")] == ["Picture that cell 4 drew"]


def test_each_page_of_the_report_fetches_nothing_and_runs_one_script(pages: dict[str, Page]) -> None:
    for page in pages.values():
        policy = next(meta["content"] or "" for meta in page.all("meta") if "http-equiv" in meta)
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert not [a for a in page.all("script") + page.all("img") if (a.get("src") or "data:")[:5] != "data:"]
        assert [link["href"] for link in page.all("link")] == ["data:,"]


def test_nothing_that_a_student_wrote_becomes_markup(tmp_path: Path) -> None:
    rows = (Verdict("a", "a claim", 1, 0, Status.LOST, HOSTILE, evidence={"function": HOSTILE, "cell": HOSTILE}),)
    cells = notebook(
        markdown(HOSTILE + "\n\n[go](javascript:alert(3)) ![see](https://example.org/x.png) <a href='data:x'>y</a>"),
        code(f"adam = 1 # {HOSTILE}", stream(HOSTILE), display(text_html=HOSTILE), display(text_plain=HOSTILE)),
    )
    hostile = result(HOSTILE, "adam", rows, f"{HOSTILE}.ipynb", (Note(HOSTILE, 1), Note(HOSTILE)))
    pages = write(tmp_path, [hostile], {(HOSTILE, "adam"): cells.encode()})
    assert len(pages) == 2
    for name, page in pages.items():
        assert len(page.all("script")) == 1, name
        assert not page.all("img")
        assert not [attrs for _, attrs in page.elements if any(key.startswith("on") or key == "style" for key in attrs)]
        assert not [a for a in page.all("a") if re.match(r"\s*(javascript|data):", a.get("href") or "")]
        assert "\u202e" not in page.text
        assert "\x1b" not in page.text
    assert "\\u202etxt.exe" in pages["index"].text
    assert "<script>alert(1)</script>" in pages["index"].text


def test_outputs_of_other_kinds_are_named_and_left_out(tmp_path: Path) -> None:
    page = student_page(tmp_path, notebook(code(ADAM, display(text_html="<b>bold</b>", application_javascript="x()"))))
    assert "An output of type application/javascript, text/html is not shown." in page.text
    assert "bold" not in page.text


def test_long_outputs_are_cut_and_what_is_left_out_is_counted(tmp_path: Path) -> None:
    page = student_page(tmp_path, notebook(code(ADAM, stream("x" * 5_000_000), *[stream("y\n")] * 30)))
    assert "4,996,0" in page.text
    assert "characters left out …" in page.text
    assert "11 more outputs are not shown." in page.text
    assert len(page.text) < 20_000


def test_of_a_notebook_without_end_only_the_beginning_is_shown(tmp_path: Path) -> None:
    many = student_page(tmp_path / "many", notebook(code(ADAM), *[markdown("prose")] * 500))
    assert "… 101 more cells are not shown …" in many.text
    long = student_page(tmp_path / "long", notebook(code(ADAM), *[markdown("prose " * 3_000)] * 30))
    assert "… 14 more cells are not shown …" in long.text


def test_a_picture_has_to_be_a_picture_of_sane_size() -> None:
    huge = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4) * 2).decode()
    heavy = base64.b64encode(base64.b64decode(png()) + bytes(1_000_000)).decode()
    assert checked_png(png()) == png()
    assert checked_png([png()[:40], "\n", png()[40:]]) == png()
    svg = base64.b64encode(b"<svg onload=x>").decode()
    for bad in ("", "no base64!", svg, huge, heavy, None, 7):
        assert checked_png(bad) is None


def test_the_definition_that_counts_is_the_last_outermost_one() -> None:
    source = notebook(
        code(ADAM),
        code("%time\ndef adam(w): pass"),
        code("class Optimiser:\n    def adam(self): pass"),
        code("x = adam(1)"),
    )
    assert defined(source) == {"adam": 2, "Optimiser": 3, "x": 4}
    assert defined(notebook(code("if 1:\n    def f(): pass"), code("g, h = 1, 2"))) == {"f": 1, "g": 2, "h": 2}
    assert defined(notebook(code("x = 1"), code("step = Adam().step")))["step"] == 2


def test_a_definition_inside_a_docstring_is_none() -> None:
    quoting = '"""Write\n\ndef adam(w):\n    ...\n"""\ny = 1'
    assert defined(notebook(code(ADAM), code(quoting))) == {"adam": 1, "y": 2}


@pytest.mark.parametrize(
    "broken", ["def adam(w)\n    return w", "%%time\ndef adam(w): pass", "def adam(w):\n" + "(" * 9999]
)
def test_a_cell_that_is_no_python_still_says_what_it_defines(broken: str) -> None:
    assert defined(notebook(code("x = 1"), code(broken)))["adam"] == 2


def test_a_student_page_stays_in_its_folder(tmp_path: Path) -> None:
    write(tmp_path / "report", [result("../../evil", "adam", adam_rows()), result("a#b?c", "adam", adam_rows())])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report"]
    index = Page((tmp_path / "report" / "index.html").read_text(encoding="utf-8"))
    assert all("#b" not in (link["href"] or "") for link in index.all("a"))


def test_progress_hears_each_student_once_and_a_topic_unknown_to_the_course_is_kept(tmp_path: Path) -> None:
    heard: list[str] = []
    results = [result("ada", "adam", adam_rows()), result("ada", "elsewhere", adam_rows(4))]
    index = write_report(results, lambda *_: None, tmp_path, "Deep learning", TOPICS, heard.append)
    assert heard == ["ada"]
    assert "elsewhere" in Page(index.read_text(encoding="utf-8")).text


def test_the_report_of_an_empty_class_has_a_page(tmp_path: Path) -> None:
    assert "students 0 graded 0" in write(tmp_path, [])["index"].text


def test_the_same_results_give_the_same_report(tmp_path: Path) -> None:
    results, files = a_class()
    for name in ("one", "two"):
        write(tmp_path / name, results, files)
    for path in sorted((tmp_path / "one").rglob("*.html")):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_points_and_percentages_are_written_as_people_do() -> None:
    assert [rounded_points(x) for x in (3, 2.5, 1 / 3, 0, 10)] == ["3", "2.5", "0.33", "0", "10"]
    assert [exact_points(x) for x in (3, 0.1 + 0.2, 1 / 3)] == ["3", "0.3", "0.3333333333"]
    assert [percent(x) for x in (0, 0.001, 0.5, 0.999, 1)] == ["0 %", "1 %", "50 %", "99 %", "100 %"]


def test_carriage_returns_and_escape_sequences_are_shown_as_a_terminal_would() -> None:
    assert as_on_screen("\x1b[1;31mred\x1b[0m 10%\r 50%\r100%\ndone\r\n") == "100%\ndone\n"
    assert visible("a\x07b\u2066c\ud800é\tשלום") == "a\\x07b\\u2066c\\ud800é\tשלום"
    assert cut("abcdefgh", 4) == "abc\n[… 4 characters left out …]\nh"


def test_text_is_written_out_alike_on_pages_and_in_exports() -> None:
    assert printable("a\x07b\u2066c\ud800é\tשלום\uffff") == visible("a\x07b\u2066c\ud800é\tשלום\uffff")
    assert printable("one\r\ntwo\rthree") == "one\ntwo\nthree"
    assert one_line(" one\r\n\ttwo\u2028three") == "one two\\u2028three"
    assert printable("a" * 12, 10) == "a" * 10 + " … (2 more characters)"


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_whatever_a_student_writes_the_page_can_be_written_and_read(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert visible(text).encode("utf-8").decode() == visible(text)
    assert not set(visible(text)) & set("\u202e\x1b\x00\r\u200b\uffff")
    assert visible(printable(text)) == printable(text)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=9),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "cells",
                        "cell_type",
                        "code",
                        "source",
                        "outputs",
                        "data",
                        "text/plain",
                        "image/png",
                        "attachments",
                        "output_type",
                        "traceback",
                    ]
                ),
                x,
            )
        ),
        max_leaves=20,
    )
)
def test_a_malformed_cell_never_stops_the_page(junk: object) -> None:
    odd = {"cell_type": "code", "source": "x = 1", "outputs": junk}
    cells = read_cells(
        notebook(code(ADAM), odd, {"cell_type": "markdown", "source": junk, "attachments": junk}).encode(), "a.ipynb"
    )
    assert [cell.number for cell in cells if cell.kind == "code"] == [1, 2]


def test_the_sample_notebook_has_the_cells_that_other_tests_count_on() -> None:
    kinds = [cell.kind for cell in read_cells(usual_notebook(), "adam.ipynb")]
    assert kinds == ["markdown", "code", "code", "markdown", "code", "code", "code"]
