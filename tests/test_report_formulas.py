"""Formulas in prose: readable where they can be, their source where not, and never markup of a student's."""

from __future__ import annotations

import re
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.output.report.formulas import mathml
from grader.output.report.markup import first_line, markdown

PIECES = ["\\frac", "{", "}", "^", "_", "\\text", "&", "<", ">", '"', "x", "\\\\", "&lt;", "\\left(", "\\right)", "$"]
COMMANDS = [
    "\\href{javascript:x}",
    "\\style{color:red}",
    "\\color{red}",
    "\\begin{matrix}",
    "\\end{matrix}",
    "\\hspace",
]
ELEMENTS = {
    *("math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mfrac", "msqrt"),
    *("mroot", "mpadded", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd"),
}
FORBIDDEN = {"href", "style", "class", "mathcolor"}


def seen(formula: str) -> str:
    """What a browser shows of MathML: its text without the annotation."""
    tree = ElementTree.fromstring(formula)
    return "".join(tree[0][0].itertext())


def test_a_formula_is_laid_out_and_its_source_is_kept() -> None:
    html = str(markdown("The step is $\\alpha \\hat m / (\\sqrt{v} + 1)$."))
    formula = html[html.index("<math") : html.index("</math>") + 7]
    assert seen(formula) == "αm^/(v+1)"
    assert ElementTree.fromstring(formula)[0][1].text == "\\alpha \\hat m / (\\sqrt{v} + 1)"
    assert "$" not in html


@pytest.mark.parametrize("source", ["$$a < b$$", "\\begin{equation}a < b\\end{equation}"])
def test_a_displayed_formula_has_a_box_of_its_own(source: str) -> None:
    html = str(markdown(source))
    assert '<span class="equation"><math display="block">' in html
    assert "<mo>&lt;</mo>" in html


@pytest.mark.parametrize(
    "latex",
    [
        "\\foo x",
        "\\frac{1",
        "x^1^2",
        "x" * 1001,
        "{" * 900,
        "\\newcommand{\\a}{\\a\\a}\\a",
        "\\def\\a{b}",
        "\\phantom{x}",
    ],
)
def test_latex_that_cannot_be_laid_out_is_shown_as_it_was_typed(latex: str) -> None:
    assert mathml(latex) is None
    assert "\\" not in latex or f'<code class="math">{latex}</code>' in str(markdown(f"${latex}$"))


def test_a_formula_can_carry_no_links_styles_or_markup() -> None:
    hostile = "$\\href{javascript:alert(1)}{x} \\style{position:fixed}{y} \\class{top}{z} \\hspace{9999em} <script>$"
    html = str(markdown(hostile))
    tags = re.sub(r"<annotation.*?</annotation>", "", html)
    assert "<math" in html
    assert not re.search(r"href|style=|class=|9999|<script", tags)
    assert "<script" not in html


def test_text_in_a_formula_that_spells_an_entity_stays_text() -> None:
    formula = mathml("\\text{&lt;img onerror=x&gt;}")
    assert formula is not None
    assert "<img" not in formula


@given(st.lists(st.sampled_from(PIECES + COMMANDS) | st.text(max_size=3), max_size=25).map("".join))
def test_any_latex_gives_a_few_known_elements_or_none(latex: str) -> None:
    formula = mathml(latex)
    if formula is not None:
        formula = re.sub("[\ufffe\uffff\x00-\x08\x0b-\x1f\ud800-\udfff]", "?", formula)
        tree = ElementTree.fromstring(formula)
        assert {element.tag for element in tree.iter()} <= ELEMENTS
        assert not FORBIDDEN & {name for element in tree.iter() for name in element.attrib}


def test_formulas_nested_deep_do_not_take_long() -> None:
    started = time.process_time()
    for n in range(20):
        markdown(f"{n} $" + "\\left(x" * 70 + "\\right)" * 70 + "$")
    assert time.process_time() - started < 5  # a quadratic way takes minutes


@pytest.mark.parametrize(
    ("source", "label"),
    [
        ("# Adam\n\nAdam keeps", "Adam"),
        ("\n---\n**Large inputs.** In `float64`", "<strong>Large inputs.</strong> In <code>float64</code>"),
        ("- see [the paper](https://example.org)", "see the paper"),
        ("y" * 300, "y" * 200 + " …"),
    ],
)
def test_the_label_of_folded_prose_is_its_first_line(source: str, label: str) -> None:
    assert first_line(source).strip() == label
