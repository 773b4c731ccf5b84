"""Write the HTML report: a page for the instructor and one for each student, from Results alone.

Each page is one file that needs nothing else: its style sheet and its script are inside, a Content-Security-Policy names them
by their hashes and forbids all the rest, and no page asks the network.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ...files import atomic_write, safe_component
from ...result import SMALLEST, Result
from ..text import rounded_points
from .markup import sentence
from .statistics import share
from .text import finalize, percent
from .views import TopicInfo, anchor, class_view, topic_view, weighted_mean

__all__ = ["write_report"]

Loader = Callable[[str, str], bytes | None]


def write_report(
    results: Sequence[Result],
    notebooks: Loader,
    directory: Path,
    course_name: str,
    topics: Sequence[tuple[str, str, float]],
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Write `index.html` and `students/NAME.html` under `directory`; return the path of the index.

    `notebooks(student, topic)` returns the file as it was handed in, or None; it is called once for each result, while that
    student's page is made, so that one page's files are in memory at a time. `topics` are (slug, title, weight) in the
    course's order; a topic that only the results know comes last and weighs nothing. `progress` is called with the name of
    each student whose page is written.
    """
    infos = _topics(results, topics)
    latest = {(result.student, result.topic): result for result in results}
    pages = {result.student: f"{safe_component(result.student)}.html" for result in latest.values()}
    for student, page in pages.items():
        mine = [latest.get((student, info.slug)) for info in infos]
        views = [
            topic_view(info, result, notebooks(student, info.slug))
            for info, result in zip(infos, mine, strict=True)
            if result
        ]
        html = _render(
            "student.html",
            course=course_name,
            student=student,
            topics=views,
            missing=[info for info, result in zip(infos, mine, strict=True) if result is None],
            mean=weighted_mean(mine, infos),
        )
        atomic_write(directory / "students" / page, html)
        if progress:
            progress(student)
    index = directory / "index.html"
    links = {student: f"students/{quote(page)}" for student, page in pages.items()}
    view = class_view(list(latest.values()), infos, links)
    atomic_write(index, _render("index.html", course=course_name, view=view))
    return index


def _topics(results: Sequence[Result], topics: Sequence[tuple[str, str, float]]) -> list[TopicInfo]:
    """Return the course's topics, then those that only the results know."""
    infos = [TopicInfo(*topic) for topic in topics]
    known = {info.slug for info in infos}
    unknown = sorted({result.topic for result in results} - known)
    return infos + [TopicInfo(slug, slug, 0.0) for slug in unknown]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.output.report"),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,  # a misspelt name in a template fails a test, where it would show nothing
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(points=rounded_points, percent=percent, anchor=anchor, share=share, sentence=sentence)
    environment.globals["SMALLEST"] = SMALLEST
    return environment


def _render(template: str, **values: object) -> str:
    """Render a template with its style sheet, its script and their hashes for the Content-Security-Policy."""
    style, script = _asset("report.css"), _asset(template.replace(".html", ".js"))
    return (
        _environment()
        .get_template(template)
        .render(style=style, style_hash=_hash(style), script=script, script_hash=_hash(script), **values)
    )


@cache
def _asset(name: str) -> Markup:
    """Return a file of ours that goes into the page as it stands."""
    environment = _environment()
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0].strip())


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
