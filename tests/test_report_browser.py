"""The report in a real browser: nothing of a student's runs, nothing is fetched, it fits a phone, the table works.

Chromium is looked for on PATH (chromium, chromium-browser, google-chrome) or taken from the variable CHROMIUM;
without one these tests are skipped, and say so.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from grader.output.report import write_report
from grader.result import Note, Status, Verdict
from support.notebooks import code, display, markdown, notebook, stream
from support.report_samples import TOPICS, a_class, result

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser test was run")

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
ATTACK = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"></style>\u202e\x1b[31m"
LINKS = (
    "[a](javascript:document.title='owned') <a href=\"javascript:document.title='owned'\">b</a> "
    "![p](https://example.org/p.png) <svg onload=\"document.title='owned'\"> <style>*{display:none}</style>"
)


@dataclass
class Seen:
    """A page with all that its browser complained of and asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip(f"no browser: put one of {', '.join(NAMES)} on PATH or name it in CHROMIUM; nothing was looked at")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=FLAGS.split())
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample class, and one student who attacks with every text that a student controls."""
    results, files = a_class()
    curve = {
        "title": ATTACK,
        "x": ATTACK,
        "y": "loss",
        "series": [
            {"name": ATTACK, "values": [2.3 + 10 ** (i / 4) for i in range(40)] + ["inf"]},
            {"name": "reference, median", "values": [2.3 * 0.9**i for i in range(41)]},
        ],
        "band": {"name": "w" * 60, "low": [2.0 * 0.9**i for i in range(41)], "high": [2.6 * 0.9**i for i in range(41)]},
    }
    rows = (Verdict("a", "a claim", 2, 1, Status.LOST, ATTACK, evidence={"function": "adam", "curve": curve}),)
    name = f"mallory {ATTACK}"
    results.append(result(name, "adam", rows, f"{ATTACK}.ipynb", (Note(ATTACK, 1), Note("a" * 300))))
    files[name, "adam"] = notebook(
        markdown(f"{ATTACK}\n\n{LINKS}\n\n$${'x' * 400}$$\n\n|{'wide|' * 60}\n|{'-|' * 60}\n"),
        code(f"def adam(): pass  # {ATTACK} {'long ' * 100}", stream(ATTACK + "w" * 500), display(text_html=ATTACK)),
    ).encode()
    directory = tmp_path_factory.mktemp("report")
    return write_report(results, lambda s, t: files.get((s, t)), directory, "Deep learning", TOPICS).parent


@pytest.fixture(scope="module")
def tab(browser: Any) -> Iterator[Any]:
    """One tab for all tests: opening one takes longer than a page does."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def see(tab: Any) -> Iterator[Any]:
    """Shows a page of the report in the tab, and collects what the browser says meanwhile."""
    seen = Seen(tab)
    listeners = {
        "console": lambda message: seen.complaints.append(message.text),
        "pageerror": lambda error: seen.complaints.append(str(error)),
        "request": lambda request: seen.requests.append(request.url),
    }
    for event, listener in listeners.items():
        tab.on(event, listener)

    def show(file: Path, width: int = 1280, scheme: str = "light") -> Seen:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        tab.goto(file.as_uri())
        return seen

    yield show
    for event, listener in listeners.items():
        tab.remove_listener(event, listener)


def pages(report: Path) -> list[Path]:
    return [report / "index.html", *sorted((report / "students").glob("*.html"))]


def names(seen: Seen) -> list[str]:
    return [row.inner_text() for row in seen.page.locator("#class tbody tr:visible .who").all()]


def test_no_page_of_the_report_complains_or_fetches_anything(see: Any, report: Path) -> None:
    for file in pages(report):
        seen = see(file)
    assert seen.complaints == []
    foreign = [url for url in seen.requests if not url.startswith((report.as_uri(), "data:"))]
    assert foreign == []
    assert len([url for url in seen.requests if url.startswith("file:")]) == len(pages(report))


def test_what_a_student_wrote_is_read_and_never_run(see: Any, report: Path) -> None:
    hostile = next(file for file in pages(report) if "mallory" in file.name)
    for file in (report / "index.html", hostile):
        page = see(file).page
        page.wait_for_timeout(50)
        assert page.title() != "owned"
        assert "<script>document.title='owned'</script>" in page.inner_text("body")
        assert "\\u202e\\x1b" in page.inner_text("body")
    assert page.locator("a[href^='javascript' i]").count() == 0
    assert page.locator(".cell svg[onload], .cell style, .cell script, .cell img").count() == 0
    assert page.locator(".claim").first.is_visible()


def test_the_policy_refuses_a_script_that_the_report_did_not_write(see: Any, report: Path, tmp_path: Path) -> None:
    html = (report / "index.html").read_text(encoding="utf-8")
    forged = tmp_path / "forged.html"
    forged.write_text(html.replace("</main>", "<script>document.title='owned'</script></main>"), encoding="utf-8")
    seen = see(forged)
    assert seen.page.title() != "owned"
    assert any("Content Security Policy" in complaint for complaint in seen.complaints)


def test_no_page_scrolls_sideways(see: Any, report: Path) -> None:
    for file in pages(report):
        page = see(file).page
        page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
        for width in (320, 360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, file.name


def test_long_code_scrolls_inside_itself_on_a_phone(see: Any, report: Path) -> None:
    page = see(report / "students" / "ada.html", 360).page
    inside, box = page.evaluate("(e => [e.scrollWidth, e.clientWidth])(document.querySelectorAll('pre.source')[1])")
    assert inside > box


def with_curve(report: Path) -> Path:
    return next(file for file in pages(report) if 'class="chart"' in file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("width", [320, 360, 700, 1280])
def test_a_curve_fits_its_page_and_its_text_stays_readable(see: Any, report: Path, width: int) -> None:
    page = see(with_curve(report), width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    chart = page.locator("svg.chart")
    box = chart.locator("svg.plot").bounding_box()
    assert box["width"] >= 0.5 * min(width, 700)
    for text in chart.locator("text").all():
        if text.is_visible():
            seen = text.bounding_box()
            assert 0 <= seen["x"] <= seen["x"] + seen["width"] <= width
            assert seen["height"] >= 12
    names = page.evaluate("[...document.querySelectorAll('.chart .name')].map(e => e.getBoundingClientRect().top)")
    key = page.locator(".key li").first
    assert key.is_visible() == (width <= 768)
    if not key.is_visible():
        assert all(below - above >= 14 for above, below in pairwise(sorted(names)))


def test_a_curve_is_named_for_those_who_do_not_see_it_and_seen_in_light_and_dark(see: Any, report: Path) -> None:
    strokes = set()
    for scheme in ("light", "dark"):
        page = see(with_curve(report), scheme=scheme).page
        assert page.get_by_role("img", name="document.title").count() == 1
        line = page.locator("polyline.s0").first
        strokes.add(line.evaluate("e => getComputedStyle(e).stroke"))
        assert line.bounding_box()["height"] > 100
    assert len(strokes) == 2


def test_dark_and_light_follow_the_reader(see: Any, report: Path) -> None:
    def lightness(scheme: str) -> float:
        page = see(report / "students" / "ada.html", scheme=scheme).page
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in colour.strip("rgb()").split(",")) / 3

    assert lightness("dark") < 40
    assert lightness("light") > 220


def test_the_table_sorts_by_a_click_and_by_the_keyboard(see: Any, report: Path) -> None:
    seen = see(report / "index.html")
    order = [name for name in names(seen) if not name.startswith("mallory")]
    assert order == ["ada", "alan", "barbara", "donald", "edsger", "grace"]
    seen.page.get_by_role("button", name="Student").click()
    assert [name for name in names(seen) if not name.startswith("mallory")] == order[::-1]
    softmax = seen.page.get_by_role("button", name="Softmax cross-entropy")
    softmax.focus()
    seen.page.keyboard.press("Enter")
    assert names(seen)[0] == "ada"
    assert softmax.locator("..").get_attribute("aria-sort") == "descending"
    seen.page.keyboard.press("Enter")
    assert names(seen)[3] == "ada"
    assert set(names(seen)[4:]) >= {"alan", "grace"}


def test_the_table_filters_by_name_and_by_state(see: Any, report: Path) -> None:
    seen = see(report / "index.html")
    seen.page.get_by_label("Find").fill("AL")
    assert names(seen)[0] == "alan"
    assert seen.page.locator("#count").inner_text().endswith("of 7")
    seen.page.get_by_label("Find").fill("")
    seen.page.get_by_label("Show").select_option("ungraded")
    assert names(seen) == ["alan"]
    assert seen.page.locator("#count").inner_text() == "1 of 7"
    seen.page.get_by_label("Find").fill("ada")
    assert names(seen) == []


def test_a_verdict_leads_to_its_cell_and_stands_beside_it(see: Any, report: Path) -> None:
    page = see(report / "students" / "edsger.html").page
    page.get_by_role("link", name="cell 1, line 6").click()
    cell = page.locator("#topic-softmax-cross-entropy-cell-1")
    assert cell.locator(".line.at").inner_text().strip().startswith("return -np.log")
    code_box, margin = cell.locator(".cell-main").bounding_box(), cell.locator(".margin").bounding_box()
    assert margin["x"] >= code_box["x"] + code_box["width"]
    assert abs(margin["y"] - code_box["y"]) < 40


def test_a_student_page_opens_with_the_lost_rows_and_the_keyboard_opens_the_rest(see: Any, report: Path) -> None:
    page = see(report / "students" / "alan.html").page
    assert page.get_by_text("thirty steps are right").first.is_visible()
    source = page.get_by_text("def adam").first
    assert not source.is_visible()
    page.locator("summary", has_text="adam.ipynb").focus()
    page.keyboard.press("Enter")
    assert source.is_visible()
    page.locator("summary", has_text="2 rows earned").focus()
    page.keyboard.press("Space")
    assert page.get_by_text("the first step is right").first.is_visible()


def test_an_address_within_a_fold_opens_it(see: Any, report: Path) -> None:
    page = see(report / "students" / "alan.html").page
    page.goto((report / "students" / "alan.html").as_uri() + "#topic-adam-cell-5")
    page.reload()
    assert page.locator("#topic-adam-cell-5").is_visible()


def test_on_paper_nothing_is_folded_even_without_scripts(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((report / "students" / "alan.html").as_uri())
    prose = page.locator(".folded > .prose").first
    page.emulate_media(media="print")
    assert prose.bounding_box()["height"] > 100
    assert page.locator(".cell.code").first.bounding_box()["height"] > 20
    context.close()


def test_printing_opens_the_folds_and_closes_them_again(see: Any, report: Path) -> None:
    page = see(report / "students" / "alan.html").page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_formulas_are_laid_out_and_show_no_latex(see: Any, report: Path) -> None:
    page = see(report / "students" / "alan.html").page
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    formula = page.locator(".equation math").first
    fraction = formula.locator("mfrac").first
    over, under = (fraction.locator("> *").nth(n).bounding_box() for n in (0, 1))
    assert over["y"] + over["height"] <= under["y"] + 1
    assert formula.locator("annotation").bounding_box() is None


def test_without_scripts_the_table_is_still_there(browser: Any, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((report / "index.html").as_uri())
    assert page.locator("#class tbody tr").count() == 7
    assert not page.locator("#filter").is_visible()
    context.close()


def test_headings_descend_without_gaps_and_every_control_has_a_name(see: Any, report: Path) -> None:
    for file in pages(report)[:3]:
        page = see(file).page
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), file.name
        assert page.locator("main").count() == 1
        assert all(name for name in page.locator("button, a:visible").all_inner_texts())
