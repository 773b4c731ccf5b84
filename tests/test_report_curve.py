"""Curves in feedback: from a check to the evidence, to the report's drawing, and to one line in a terminal."""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.bundle.check import judge
from grader.bundle.record import TopicRecord
from grader.bundle.release import make_record
from grader.bundle.shown import lines
from grader.checks import Check, either, gradient, holds, matches
from grader.curves import MAX_SERIES, read_curve, sparkline
from grader.errors import Wrong
from grader.judging.verdicts import verdicts
from grader.output.report import write_report
from grader.output.report.curve import MAX_AXIS, MAX_POINTS, drawing
from grader.result import Result, Status, Verdict
from grader.submission.in_process import Live
from grader.topics.folder import Assignment
from grader.topics.rubric import Row, Topic
from grader.topics.trial import MAX_SHOWN
from support.courses import SOFTMAX_SOLUTION
from support.miniature import RIGHT, outcomes, wave, wave_slope, waves
from support.report_samples import TOPICS, result

MEDIAN = [2.3, 1.2, 0.8, 0.6]
BAND = {"name": "usual", "low": [2.2, 1.0, 0.7, 0.5], "high": [2.4, 1.4, 0.9, 0.7]}
NAN, INF = "nan", "inf"


def curve(values: Any, **more: Any) -> dict[str, Any]:
    series = [{"name": "yours", "values": values}, {"name": "median", "values": MEDIAN}]
    return {"title": "Loss", "x": "epoch", "y": "loss", "series": series, "band": BAND, **more}


def page(tmp_path: Path, evidence: dict[str, Any], **row: Any) -> str:
    """The student's page for one row with this evidence."""
    verdict = Verdict("a", "a claim", 1, 0, Status.LOST, "a sentence", evidence=evidence, **row)
    write_report([result("ada", "adam", (verdict,))], lambda s, t: None, tmp_path, "Deep learning", TOPICS[:1])
    return (tmp_path / "students" / "ada.html").read_text(encoding="utf-8")


def svg(html: str) -> ElementTree.Element:
    """The one drawing of a page, as XML."""
    (found,) = re.findall(r'<svg class="chart".*?</svg>.*?</svg>', html, re.DOTALL)
    return ElementTree.fromstring(found)


def points(drawn: ElementTree.Element, kind: str) -> list[list[tuple[float, float]]]:
    """The points of every line or polygon of a kind."""
    shapes = [e for e in drawn.iter() if e.tag in ("polyline", "polygon") and kind in (e.get("class") or "").split()]
    return [[tuple(map(float, p.split(","))) for p in (e.get("points") or "").split()] for e in shapes]  # type: ignore[misc]


def texts(drawn: ElementTree.Element, kind: str) -> list[str]:
    return [e.text or "" for e in drawn.iter("text") if kind in (e.get("class") or "").split()]


# ------------------------------------------------------------------------------------------ the drawing


def test_the_drawing_has_the_lines_the_band_the_names_and_words_for_those_who_do_not_see_it(tmp_path: Path) -> None:
    drawn = svg(page(tmp_path, {"curve": curve([2.3, 2.2, 2.1, 2.0])}))
    assert drawn.get("role") == "img"
    assert drawn.findtext("title") == "Loss"
    assert "yours: from 2.3 to 2, least 2, greatest 2.3." in (drawn.findtext("desc") or "")
    (mine,), (median,), (band,) = (points(drawn, kind) for kind in ("s0", "s1", "band"))
    assert [x for x, _ in mine] == [x for x, _ in median] == [0.0, 333.3, 666.7, 1000.0]
    assert mine[0][1] == median[0][1]
    assert all(m[1] < r[1] for m, r in zip(mine[1:], median[1:], strict=True))  # above, as y grows downwards
    assert len(band) == 8
    assert texts(drawn, "name") == ["yours", "median", "usual"]
    assert texts(drawn, "below") == ["0", "1", "2", "3"]
    assert texts(drawn, "left") == ["0.5", "1.0", "1.5", "2.0"]
    assert texts(drawn, "axis") == ["loss", "epoch"]


def test_an_axis_over_more_than_two_decades_is_logarithmic(tmp_path: Path) -> None:
    drawn = svg(page(tmp_path, {"curve": curve([2, 20, 2e3, 2e5])}))
    assert texts(drawn, "axis")[0] == "loss (log scale)"
    assert texts(drawn, "left") == ["1", "10", "100", "1000", "10⁴", "10⁵"]
    assert texts(svg(page(tmp_path, {"curve": curve([2, 20, 30, 0])})), "axis")[0] == "loss"
    few = svg(page(tmp_path, {"curve": curve([0.05, 0.05, 6, 6], band=None)}))
    assert texts(few, "left") == ["0.1", "0.3", "1", "3"]


def test_values_that_are_not_finite_are_gaps_in_the_curve_and_are_told(tmp_path: Path) -> None:
    html = page(tmp_path, {"curve": curve([1, None, 2, NAN, 3, 4, INF, "-inf"])})
    drawn = svg(html)
    lines, dots = [p for p in points(drawn, "s0") if len(set(p)) > 1], points(drawn, "dot")
    assert [len(line) for line in lines] == [2]
    assert [len(set(dot)) for dot in dots] == [1, 1]
    assert "yours: 4 of 8 values are not finite, the first at epoch 1 (nan)." in html
    assert "from epoch 2 (inf) on." in page(tmp_path, {"curve": curve([1, 2, INF, NAN])})
    assert "1 of 3 values is not finite, the first at epoch 8" in page(tmp_path, {"curve": curve([1, NAN, 2], start=7)})
    assert "not finite" not in page(tmp_path, {"curve": curve([1, 2])})


def test_a_curve_without_a_finite_value_is_told_and_not_drawn(tmp_path: Path) -> None:
    data = {"x": "step", "y": "loss", "series": [{"name": "yours", "values": [NAN, NAN]}]}
    html = page(tmp_path, {"curve": data})
    assert '<svg class="chart"' not in html
    assert "loss by step" in html
    assert "yours: 2 of 2 values are not finite, from step 0 (nan) on." in html


HOSTILE = "</svg><script>alert(1)</script>\u202e\x1b[31m\"'&"


def test_hostile_text_in_a_curve_is_escaped_made_visible_and_cut(tmp_path: Path) -> None:
    data = curve([1, 2], title=HOSTILE, x=HOSTILE, y=HOSTILE * 9, band={**BAND, "name": HOSTILE})
    data["series"][0]["name"] = HOSTILE
    html = page(tmp_path, {"curve": data})
    assert html.count("<script>") == 1  # the report's own
    assert "\u202e" not in html
    assert "\x1b" not in html
    drawn = svg(html)
    assert (drawn.findtext("title") or "").startswith("</svg><script>alert(1)</script>\\u202e\\x1b[31m")
    assert len(texts(drawn, "axis")[0]) == MAX_AXIS
    assert HOSTILE * 2 not in html


def test_a_curve_of_hostile_size_does_not_blow_up_the_page(tmp_path: Path) -> None:
    many = [{"name": f"n{i}", "values": [float(i)] * 300_000} for i in range(50)]
    html = page(tmp_path, {"curve": curve([], series=many)})
    drawn = svg(html)
    assert len(html) < 400_000
    assert len(list(drawn.iter("polyline"))) == MAX_SERIES
    assert all(len(line) <= MAX_POINTS for n in range(MAX_SERIES) for line in points(drawn, f"s{n}"))
    assert "drawn is every 6th of 10,000 values." in html
    jagged = page(tmp_path, {"curve": curve([1, NAN] * 5_000)})
    assert len(points(svg(jagged), "s0")) <= MAX_POINTS


MALFORMED: list[Any] = [
    *(None, 7, "curve", [], {}, {"x": "a", "y": "b", "series": []}, {"x": "a", "y": "b", "series": [{}]}),
    *(curve("1,2"), curve([True]), curve(["1"]), curve([[1]]), curve([{}]), curve([10**400]), curve([1j])),
    *(curve([1], x=3), curve([1], title=None), curve([1], start=0.5), curve([1], start=True), curve([1], start=10**30)),
    *(curve([1], band={"name": "b", "low": [1]}), curve([1], band={**BAND, "low": [1]}), curve([1], band=[1])),
    *(curve([1], series={"name": "yours"}), curve([1], series="ab"), curve([1], series=[7])),
]


@pytest.mark.parametrize("data", MALFORMED, ids=lambda data: repr(data)[:60])
def test_malformed_curve_data_is_not_drawn(tmp_path: Path, data: Any) -> None:
    assert '<figure class="curve">' not in page(tmp_path, {"curve": data})


NUMBERS = st.one_of(
    st.none(), st.sampled_from([NAN, INF, "-inf", 0, 1e308, -1e308, 5e-324]), st.floats(), st.integers(-(2**64), 2**64)
)


@given(st.lists(NUMBERS, max_size=12), st.lists(NUMBERS, max_size=6), st.integers(-(10**9), 10**9))
def test_any_numbers_of_a_curve_are_drawn_inside_the_frame_with_few_ticks(
    values: list[Any], edge: list[Any], start: int
) -> None:
    data = {"x": "x", "y": "y", "start": start, "series": [{"name": "n", "values": values}]}
    data["band"] = {"name": "b", "low": edge, "high": edge[::-1]}
    made, read = drawing(data), read_curve(data)
    assert made is not None
    assert read is not None
    shapes = [*made.lines, *([made.band] if made.band else [])]
    coordinates = [float(n) for s in shapes for piece in s.pieces + s.dots for n in re.split("[ ,]", piece)]
    assert all(0 <= n <= 1000 for n in coordinates)
    assert all(-0.01 <= tick.at <= 100.01 for tick in made.x_ticks + made.y_ticks)
    assert len(made.x_ticks) <= 7
    assert len(made.y_ticks) <= 9
    assert bool(made.lines) == any(math.isfinite(v) for v in [*read.series[0].values, *read.band.low, *read.band.high])  # type: ignore[union-attr]
    assert "\n" not in sparkline(read)


def test_labels_of_a_curve_do_not_overlap_and_stay_inside(tmp_path: Path) -> None:
    data = curve([], series=[{"name": f"n{i}", "values": [5.0, 1.0]} for i in range(4)], band={**BAND, "low": [1] * 4})
    made = drawing(data)
    assert made is not None
    assert made.band is not None
    places = sorted(shape.at for shape in [*made.lines, made.band])
    assert all(b - a >= 7 for a, b in pairwise(places))
    assert 0 <= places[0] <= places[-1] <= 100


def test_the_curve_of_a_hidden_row_is_not_shown(tmp_path: Path) -> None:
    assert '<figure class="curve">' in page(tmp_path, {"curve": curve([1, 2])})
    assert '<figure class="curve">' not in page(tmp_path, {"curve": curve([1, 2])}, hidden=True)


# ------------------------------------------------------------------------------------------ one line


def line(values: Any) -> str:
    read = read_curve(curve(values))
    assert read is not None
    return sparkline(read)


def test_a_curve_is_one_line_of_blocks_in_a_terminal() -> None:
    assert line([8, 4, 2, 0]) == "loss by epoch: █▅▃▁ 8 → 0"
    assert line([1, NAN, 1e6]) == "loss by epoch: ▁×█ 1 → 1e+06 (log scale)"
    assert line([3, 3]) == "loss by epoch: ▅▅ 3 → 3"
    assert line([]) == "loss by epoch: no finite value"
    assert len(line(list(range(10_000)))) < 80


def test_the_line_of_a_curve_stands_below_its_verdict_in_a_terminal() -> None:
    verdict = Verdict("a", "it converges", 1, 1, Status.EARNED, evidence={"curve": curve([8, 4, 2, 0])})
    assert list(lines([verdict]))[1].strip() == "loss by epoch: █▅▃▁ 8 → 0"


# ------------------------------------------------------------------------------------------ from a check to the evidence


def shown(check: Check, **changes: Any) -> tuple[Verdict, ...]:
    topic, student = Topic("Miniature", waves, [Row("row", 1, "it is right", check)]), Live({**RIGHT, **changes})
    return verdicts(outcomes(topic, student), [])


def exhibiting(trial: Any, case: Any) -> str | None:
    trial.show(curve=curve(np.array([2.0, np.nan])), note="seen")
    return None if float(trial.call(wave, **case)) != 7 else "it is 7"


@pytest.mark.parametrize(
    ("changes", "status"), [({}, Status.EARNED), ({"wave": lambda x, a, shift=0.5: 7.0}, Status.LOST)]
)
def test_what_a_check_puts_on_show_reaches_the_result_earned_or_lost(changes: Any, status: Status) -> None:
    (verdict,) = shown(holds(exhibiting, wave), **changes)
    assert verdict.status is status
    again = Result.from_json(json.dumps(result("ada", "x", (verdict,)).to_dict())).rows[0]
    assert again.evidence["note"] == "seen"
    assert again.evidence["function"] == "wave"
    assert again.evidence["curve"] == curve([2.0, "nan"])


def test_what_an_alternative_puts_on_show_appears_under_its_row() -> None:
    class showing(matches):
        def __call__(self, trial: Any) -> None:
            trial.show(seen=[trial.inputs.inputs.path])
            super().__call__(trial)

    check = either(showing(wave_slope), gradient(of=wave, by=wave_slope, wrt="x"))
    assert shown(check)[0].evidence["seen"] == ["row/first"]


def test_values_on_show_are_cut_and_a_malformed_curve_makes_the_row_void() -> None:
    def much(trial: Any, case: Any) -> None:
        trial.show(much=np.zeros((200, 200)), more={"list": list(range(20_000))})

    evidence = shown(holds(much, wave))[0].evidence
    assert len(evidence["much"]) == len(evidence["more"]["list"]) == MAX_SHOWN

    def wrong(trial: Any, case: Any) -> None:
        trial.show(curve={"values": [1]})

    (verdict,) = shown(holds(wrong, wave))
    assert verdict.status is Status.VOID
    assert "`curve` is not of the form" in verdict.message


def test_evidence_of_a_lost_row_replaces_what_its_check_put_on_show() -> None:
    def lies(trial: Any, case: Any) -> None:
        trial.show(where="nowhere", extra=1)
        raise Wrong("wave", "is wrong", entry=[1])

    (verdict,) = shown(holds(lies, wave))
    assert {k: verdict.evidence[k] for k in ("where", "extra", "entry")} == {
        "where": "wave on a few points",
        "extra": 1,
        "entry": [1],
    }


def test_a_curve_is_shown_at_home_from_recorded_answers(folder: Path) -> None:
    from grader.truth.reference import Oracle

    path = folder / "assignments" / "softmax_xent" / "topic.py"
    claim = '    trial.show(curve={"x": "row", "y": "sum", "series": [{"name": "yours", "values": sums}]})\n    if abs(sums)'
    path.write_text(path.read_text().replace("    if abs(sums)", claim))
    assignment = Assignment("softmax-xent", folder)
    kept = TopicRecord.from_bytes(make_record(assignment, Oracle(assignment)).to_bytes(), "x.answers")
    row = next(row for row in judge(kept, Live.of(SOFTMAX_SOLUTION)) if row.id == "sums")
    assert row.status is Status.EARNED
    assert len(row.evidence["curve"]["series"][0]["values"]) in (1, 8)
