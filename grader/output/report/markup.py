"""Make HTML of the student's own words and code: Markdown through nbconvert, sanitised; Python through Pygments.

nbconvert takes most of a second to import, so it is imported when the first Markdown cell is met.
Markdown is rendered with raw HTML escaped and harmful links refused; nh3's allow-list of tags and attributes is
the second wall, and the page's Content-Security-Policy the third. Formulas pass all of that as plain text between
`<code class="math">` tags, and become MathML last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from html import escape, unescape
from typing import Any

import nh3
from markupsafe import Markup

from ..text import visible
from .formulas import mathml

MAX_LABEL = 200
REMEMBERED = 1024  # cells of each kind: most are the handouts' own, the same in every notebook of the class
_BLOCKS = {"p", "h4", "h5", "h6", "hr", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "div"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = _BLOCKS | _TABLES | {"a", "br", "code", "del", "em", "img", "span", "strong"}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"alt", "src"},
    "ol": {"start"},
    **{tag: {"class"} for tag in ("code", "div", "li", "span")},
}
_INLINE = frozenset({"code", "em", "span", "strong"})
_FORMULA = re.compile(r'<code class="math( block)?">([^<]*)</code>')
_TICKED = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)


@lru_cache(maxsize=REMEMBERED)
def code(source: str, line: int | None = None) -> Markup:
    """Return highlighted Python, one `<span class="line">` a line (numbered by the style sheet); `line` is marked."""
    from pygments import highlight

    lexer, formatter = _pygments()
    html = highlight(visible(source), lexer, formatter).removesuffix("\n")
    lines = enumerate(html.split("\n"), 1)
    return Markup("".join(f'<span class="line{" at" if n == line else ""}">{text}\n</span>' for n, text in lines))


def markdown(source: str, attachments: Mapping[str, str] | None = None) -> Markup:
    """Return sanitised HTML of a Markdown cell; where it cannot be rendered, its source."""
    return _sanitised(source, attachments) if attachments else _remembered(source)


def first_line(source: str) -> Markup:
    """Return the first line of prose, as the label of a folded cell: its words and formulas, no blocks, no links."""
    return _remembered(_first(source), inline=True)


def first_code_line(source: str) -> Markup:
    """Return the first line of code, or of text as it was typed, as the label of a folded cell."""
    return Markup(f"<code>{escape(visible(_first(source)))}</code>")


def sentence(text: str) -> Markup:
    """Return a sentence of the grader's, with what stands in backticks set as code."""
    return Markup(_TICKED.sub(r"<code>\1</code>", escape(visible(text))))


def plain(source: str) -> Markup:
    """Return a text as it was typed."""
    return Markup(f'<pre class="source">{escape(visible(source))}</pre>')


@lru_cache(maxsize=REMEMBERED)
def _remembered(source: str, inline: bool = False) -> Markup:
    return _sanitised(source, {}, inline)


def _sanitised(source: str, attachments: Mapping[str, str], inline: bool = False) -> Markup:
    parser, renderer = _classes()
    quiet = renderer(escape=True, allow_harmful_protocols=False, attachments=dict(attachments))
    try:
        html = parser(renderer=quiet).render(visible(source))
    except Exception:  # what a parser or one of Pygments' 500 lexers cannot stand must not cost a class its report
        return plain(source)
    return Markup(_FORMULA.sub(_formula, _cleaner(inline).clean(html)))


@cache
def _cleaner(inline: bool) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_INLINE if inline else _TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )


def _first(source: str) -> str:
    line = next((line for line in source.splitlines() if line.strip("#=-*_` \t")), "").strip()
    return line if len(line) <= MAX_LABEL else f"{line[:MAX_LABEL]} …"


def _formula(match: re.Match[str]) -> str:
    """Return MathML in place of the LaTeX; a displayed formula gets a box that scrolls where it is wider than the page."""
    formula = mathml(unescape(match[2]), block=bool(match[1]))
    if formula and match[1]:
        return f'<span class="equation">{formula}</span>'
    return formula or match[0]


def _allowed(tag: str, name: str, value: str) -> str | None:
    """Return the value of an attribute that stays: links go to the web or to this page, pictures are the notebook's own."""
    if (tag, name) == ("a", "href"):
        return value if _LINK.match(value) else None
    if (tag, name) == ("img", "src"):
        return value if value.startswith("data:image/png;base64,") else None
    return value


@cache
def _pygments() -> tuple[Any, Any]:
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return PythonLexer(stripnl=False, ensurenl=False), HtmlFormatter(nowrap=True)


@cache
def _classes() -> tuple[type, type]:
    """nbconvert's Markdown parser, and its renderer bent to this page: quiet headings, no foreign pictures."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Quiet(IPythonRenderer):
        """Renders a cell as a part of our page, with formulas as marked LaTeX source."""

        def heading(self, text: str, level: int, **attrs: Any) -> str:
            rank = min(level + 3, 6)
            return f"<h{rank}>{text}</h{rank}>\n"

        def image(self, text: str, url: str, title: str | None = None) -> str:
            alt = escape(Markup(text).striptags())
            picture = self.attachments.get(url.removeprefix("attachment:"))
            if url.startswith("attachment:") and picture:
                return f'<img alt="{alt}" src="data:image/png;base64,{picture}" />'
            return f'<span class="absent">[picture: {alt or escape(url[:80])}]</span>'

        def link(self, text: str, url: str, title: str | None = None) -> str:
            return f'<a href="{escape(self.safe_url(url))}">{text}</a>'

        def task_list_item(self, text: str, checked: bool = False) -> str:
            return f'<li class="task">{"☑" if checked else "☐"} {text}</li>\n'

        def block_mermaidjs(self, code: str) -> str:
            return f"<pre><code>{escape(code)}</code></pre>\n"

        def inline_math(self, body: str) -> str:
            return f'<code class="math">{escape(body)}</code>'

        def block_math(self, body: str) -> str:
            return f'<code class="math block">{escape(body.strip())}</code>'

        def latex_environment(self, name: str, body: str) -> str:
            return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    return MarkdownWithMath, Quiet
