"""The documentation is true: what is generated is up to date, links lead somewhere, commands exist."""

from __future__ import annotations

import re
import shlex
from types import ModuleType

import pytest
import typer

from grader.cli.app import app
from support.repository import ROOT, load_script

PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for pattern in ("*.md", "docs/*.md", "examples/ci/*.md")
    for path in sorted(ROOT.glob(pattern))
}
COMMANDS = vars(typer.main.get_command(app))["commands"]

FENCE = re.compile(r"^ *(`{3,})(\w*)\n(.*?)^ *\1$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
INLINE = re.compile(r"`(grader [a-z][^`]*)`")
WHOLE_LINE = re.compile(r"^ *(?:\$ )?(grader [a-z].*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def write_docs() -> ModuleType:
    return load_script("scripts/write_docs.py")


def test_parts_of_the_documentation_that_come_from_the_code_are_up_to_date(write_docs: ModuleType) -> None:
    stale = [
        str(path.relative_to(ROOT)) for path, text in write_docs.pages().items() if path.read_text("utf-8") != text
    ]
    assert not stale, f"run `python scripts/write_docs.py` and read the diff of {', '.join(stale)}"


def test_the_readme_shows_the_rubric_of_adam_as_it_is() -> None:
    source = (ROOT / "assignments" / "adam" / "topic.py").read_text(encoding="utf-8")
    shown = PAGES["README.md"].partition("<!-- rubric:")[2].partition("```python\n")[2].partition("```")[0]
    assert source.count("Row(") == shown.count("Row(") > 5
    for piece in shown.strip().split("\n\n"):
        assert piece in source


def test_the_first_screen_has_the_sentence_the_commands_and_the_rubric() -> None:
    screen = "\n".join(PAGES["README.md"].splitlines()[:45])
    assert all(part in screen for part in ("numpy notebooks", "make demo", "make test", "topic = Topic("))


def test_commands_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown = {target for text in PAGES.values() for target in re.findall(r"(?:^ +|`)make ([a-z]+)", text, re.MULTILINE)}
    assert shown
    assert shown <= targets


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_and_headings(page: str) -> None:
    folder = (ROOT / page).parent
    for link in LINK.findall(FENCE.sub("", PAGES[page])):
        if not link.startswith(("https://", "#")):
            path, _, heading = link.partition("#")
            assert (folder / path).exists(), f"{page} links to {path}, which is not there"
            assert not heading or heading in headings((folder / path).read_text("utf-8")), (
                f"{page}: no heading #{heading}"
            )


def headings(text: str) -> list[str]:
    """The anchors of a page, as GitHub makes them."""
    found = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found]


@pytest.mark.parametrize("page", PAGES)
def test_commands_exist_with_their_options(page: str) -> None:
    fenced = "\n".join(
        body for _, language, body in FENCE.findall(PAGES[page]) if language in ("sh", "console", "yaml")
    )
    for line in WHOLE_LINE.findall(fenced):
        parse(line, page, whole=True)
    for line in INLINE.findall(FENCE.sub("", PAGES[page])):
        parse(line, page, whole=False)


def parse(line: str, page: str, whole: bool) -> None:
    """Let the command itself read the line. One that is only named in a sentence may leave its arguments out."""
    _, name, *arguments = shlex.split(line.replace("|", " "), comments=True)
    if name not in COMMANDS:
        pytest.fail(f"{page}: there is no command in {line!r}")
    try:
        COMMANDS[name].make_context(name, arguments)
    except typer.Exit:
        return
    except Exception as error:
        if whole or type(error).__name__ != "MissingParameter":
            pytest.fail(f"{page}: {line!r}: {error}")


def test_a_wrong_command_line_in_a_page_would_be_seen() -> None:
    for line in ("grader grade --nope x", "grader marks x", "grader verify --seeds few"):
        with pytest.raises(pytest.fail.Exception):
            parse(line, "a page", whole=False)
    with pytest.raises(pytest.fail.Exception):
        parse("grader grade", "a page", whole=True)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_speaks_of_no_machine_and_of_nothing_unfinished(page: str) -> None:
    found = re.findall(
        r"(?:^|[\s`(\"'])(/(?:home|Users|root|work|tmp|opt|mnt)\b\S*)|\b(TODO|FIXME|XXX|TBD)\b", PAGES[page]
    )
    assert not found
