r"""Turn LaTeX formulas into MathML, which browsers lay out themselves: no script, no fonts, nothing fetched.

latex2mathml reads the LaTeX. Its tree is taken and not its text, which it puts together without escaping. Only elements and
attributes on a short list are written, with all characters escaped. A formula stays LaTeX source if it holds a command that is
unknown (`\foo`) or could grow without bound (`\newcommand`), or if it cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from xml.etree.ElementTree import Element

from ..text import visible

MAX_LATEX = 1_000  # characters of one formula
_ELEMENTS = {
    *("mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mfrac", "msqrt", "mroot", "mpadded"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd"),
}
_CHILDREN = dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2) | {"msubsup": 3, "munderover": 3}
_ATTRIBUTES = {
    *("accent", "columnalign", "display", "displaystyle", "fence", "form", "linethickness", "mathvariant"),
    *("maxsize", "minsize", "movablelimits", "scriptlevel", "separator", "stretchy", "width"),
}
_VALUE = re.compile(r"[a-z -]{1,30}|\d|-?\d?\.\d+em|\d(?:\.\d+)?em")  # a word, a digit, or a few em
_DEFINITION = re.compile(r"\\(?:re)?newcommand|\\def\b|\\let\b")


def mathml(latex: str, block: bool = False) -> str | None:
    """Return a formula as MathML with its LaTeX in an annotation, or None where it is better shown as source."""
    if len(latex) > MAX_LATEX or _DEFINITION.search(latex):
        return None
    try:
        from latex2mathml.converter import convert_to_element

        body = "".join(_written(child) for child in convert_to_element(latex))
    except Exception:  # its errors share no base class, and deep nesting ends in a RecursionError
        return None
    source = escape(latex.strip())
    annotation = f'<annotation encoding="application/x-tex">{source}</annotation>'
    display = "block" if block else "inline"
    return f'<math display="{display}"><semantics>{body}{annotation}</semantics></math>'


def _written(element: Element) -> str:
    """Return an element as HTML. Raise ValueError for one that is not listed or incomplete, or that shows an unread command."""
    text = visible(unescape(element.text or ""))
    complete = len(element) == _CHILDREN.get(element.tag, len(element))
    if element.tag not in _ELEMENTS or not complete or "\\" in text:
        raise ValueError(f"{element.tag}: {text}")
    inside = "".join(_written(child) for child in element)
    return f"<{element.tag}{''.join(_attributes(element))}>{escape(text)}{inside}</{element.tag}>"


def _attributes(element: Element) -> Iterator[str]:
    for name, value in element.items():
        if name in _ATTRIBUTES and _VALUE.fullmatch(value):
            yield f' {name}="{value}"'
