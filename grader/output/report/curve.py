"""Draw a curve: every number of the drawing is worked out here, the template `curve.html` only lays it out.

The drawing is an SVG that is as wide as the page lets it be. Lines are in thousandths of its width and height and are
stretched. Text is placed in percent and is not stretched, so that it stays readable on a phone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...curves import Band, Curve, Series, read_curve, runs
from ..text import visible

MAX_POINTS = 2_000  # of each line
HEIGHT = 220  # pixels, as in report.css: labels are kept apart by LINE of them
LINE = 17
MIDDLE = 50.0  # percent: the place of a label whose line has no last value
MAX_LABEL = 28  # characters beside the drawing; the key below it on narrow screens has the whole name
MAX_AXIS = 18  # characters of an axis' name: it cannot wrap, and a phone is narrow
TICKS = 6  # spaces between the marks of the upright axis, at most
STEPS = 4  # and of the level axis, whose numbers may be long
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Tick:
    """A number on an axis, `at` percent from the left or from the top."""

    at: float
    text: str


@dataclass(frozen=True)
class Shape:
    """A series or the band.

    `pieces` are the points of polylines or polygons. `dots` are lines of no length, for single values between two gaps.
    The label stands `at` percent from the top.
    """

    kind: str
    name: str
    label: str
    pieces: list[str]
    dots: list[str]
    at: float


@dataclass(frozen=True)
class Drawing:
    """All that the template lays out. `lines` is empty where no value is finite, and only the notes are shown."""

    title: str
    about: str
    x: str
    y: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    band: Shape | None
    lines: list[Shape]
    notes: list[str]


def drawing(data: Any) -> Drawing | None:
    """Return the drawing of the curve in a row's evidence, or None where it holds none."""
    curve = read_curve(data)
    if curve is None:
        return None
    title = curve.title or f"{curve.y} by {curve.x}"
    height = _Height.of(curve)
    if height is None:
        return Drawing(title, "", "", "", [], [], None, [], _notes(curve))
    lines = [_line_shape(i, one, curve, height) for i, one in enumerate(curve.series)]
    bands = [_band_shape(curve.band, curve, height)] if curve.band else []
    placed = _spread_labels([*lines, *bands])
    return Drawing(
        title=title,
        about=_about(curve),
        x=_short(curve.x, MAX_AXIS),
        y=_short(curve.y, MAX_AXIS) + (" (log scale)" if height.logarithmic else ""),
        x_ticks=_step_ticks(curve),
        y_ticks=height.ticks(),
        band=placed[len(lines)] if bands else None,
        lines=placed[: len(lines)],
        notes=_notes(curve),
    )


# ------------------------------------------------------------------------------------------------ heights


@dataclass(frozen=True)
class _Height:
    """The upright axis, called with a value for its height. `low` and `high` are its ends: logarithms if it is logarithmic."""

    low: float
    high: float
    logarithmic: bool

    @classmethod
    def of(cls, curve: Curve) -> _Height | None:
        """Return the axis that holds all of a curve, or None where no value is finite (and, on a log scale, positive)."""
        logarithmic = curve.logarithmic
        band = [v for side in (curve.band.low, curve.band.high) for v in side] if curve.band else []
        values = [v for v in [*(v for s in curve.series for v in s.values), *band] if math.isfinite(v)]
        scaled = [math.log10(v) for v in values if v > 0] if logarithmic else [v / 2 for v in values]
        if not scaled:
            return None
        low, high = min(scaled), max(scaled)
        room = 0.04 * (high - low) or abs(high) * 0.1 or 0.5  # a level line lies in the middle
        return cls(low - room, high + room, logarithmic)

    def __call__(self, value: float) -> float:
        """Return a value's distance from the top in thousandths."""
        # Half of a value, because the difference of two large ones would overflow.
        scaled = (math.log10(value) if value > 0 else self.low) if self.logarithmic else value / 2
        share = (min(max(scaled, self.low), self.high) - self.low) / (self.high - self.low)
        return 1000 * (1 - share)

    def ticks(self) -> list[Tick]:
        if self.logarithmic:
            return [Tick(self(10.0**power * m) / 10, _power_of_ten(power, m)) for power, m in self._decades()]
        step, values = _nice(2 * self.low, 2 * self.high, TICKS)
        return [Tick(self(value) / 10, _decimal(value, step)) for value in values]

    def _decades(self) -> list[tuple[int, int]]:
        """Return the marks of a log scale as (power of ten, factor): with factor 1 and, where these are few, 3 as well."""
        # Beyond 1e307 a factor of 3 overflows, and below 1e-307 floats lose digits.
        first, last = max(math.ceil(self.low), -307), min(math.floor(self.high), 307)
        powers = range(first, last + 1, max(1, math.ceil((last - first + 1) / TICKS)))
        if len(powers) > 3:
            return [(power, 1) for power in powers]
        marks = [(power, m) for power in range(first - 1, last + 1) for m in (1, 3)]
        return [(power, m) for power, m in marks if self.low <= power + math.log10(m) <= self.high and power >= -307]


def _nice(low: float, high: float, spaces: int) -> tuple[float, list[float]]:
    """Return a step of 1, 2 or 5 times a power of ten, and its multiples from `low` to `high`.

    There are about `spaces` steps. Where the ends are too close or too far apart, the step is 0 and the ends are returned.
    """
    rough = high / spaces - low / spaces
    if not math.isfinite(rough) or rough < 1e-300:
        return 0.0, [low, high] if low < high else [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    first, last = math.ceil(low / step), math.floor(high / step)
    return step, [i * step for i in range(first, min(last, first + 2 * spaces) + 1)]


def _decimal(value: float, step: float) -> str:
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step else 9
    if decimals > 4 or abs(value) >= 1e6:
        return f"{value:.4g}"
    return f"{value:,.{decimals}f}"


def _power_of_ten(power: int, times: int) -> str:
    if -3 <= power <= 3:
        return f"{times * 10.0**power:.{max(0, -power)}f}"
    return f"{f'{times}·' if times > 1 else ''}10{str(power).translate(_SUPERSCRIPTS)}"


# ------------------------------------------------------------------------------------------------ shapes


def _across(curve: Curve) -> Callable[[int], float]:
    """Return the function from an index to thousandths of the width."""
    last = curve.steps - 1
    return lambda i: 1000 * i / last if last > 0 else 500.0


def _step_ticks(curve: Curve) -> list[Tick]:
    """Return the ticks of the level axis, at whole steps only."""
    across, first, last = _across(curve), curve.start, curve.start + curve.steps - 1
    if curve.steps < 1:
        return []
    _, values = _nice(first, last, STEPS)
    whole = sorted({round(value) for value in values if abs(value - round(value)) < 1e-9} or {first, last})
    return [Tick(across(step - first) / 10, f"{step:,}") for step in whole if first <= step <= last]


def _line_shape(number: int, series: Series, curve: Curve, height: _Height) -> Shape:
    across = _across(curve)
    stretches = runs(series.values, _thinning(series.values))
    drawn = [[(across(i), height(value)) for i, value in stretch] for stretch in stretches]
    pieces = [_svg_points(points) for points in drawn if len(points) > 1]
    dots = [_svg_points(points * 2) for points in drawn if len(points) == 1]
    level = height(series.finite[-1]) / 10 if series.finite else MIDDLE
    return Shape(f"s{number}", series.name, _short(series.name, MAX_LABEL), pieces, dots, level)


def _band_shape(band: Band, curve: Curve, height: _Height) -> Shape:
    """Return the band as polygons: along the upper edge, and back along the lower one."""
    across = _across(curve)
    edges = [low / 2 + high / 2 for low, high in zip(band.low, band.high, strict=True)]  # a gap where either has one
    pieces = []
    for run in runs(edges, _thinning(edges)):
        upper = [(across(i), height(band.high[i])) for i, _ in run]
        lower = [(across(i), height(band.low[i])) for i, _ in reversed(run)]
        pieces.append(_svg_points(upper + lower))
    ends = edges and math.isfinite(edges[-1])
    level = (height(band.low[-1]) + height(band.high[-1])) / 20 if ends else MIDDLE
    return Shape("band", band.name, _short(band.name, MAX_LABEL), pieces, [], level)


def _thinning(values: Sequence[float]) -> int:
    """Return n such that every n-th of the values makes MAX_POINTS at most."""
    return max(1, math.ceil(len(values) / (MAX_POINTS - 1)))


def _svg_points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _short(name: str, limit: int) -> str:
    """Cut a name to `limit` characters."""
    name = visible(name)  # before it is cut, since a character that is written out takes more room
    return name if len(name) <= limit else name[: limit - 1] + "…"


def _spread_labels(shapes: Sequence[Shape]) -> list[Shape]:
    """Return the shapes with their labels moved so far that none covers another."""
    gap = 100 * LINE / HEIGHT
    order = sorted(range(len(shapes)), key=lambda i: shapes[i].at)
    places: list[float] = []
    for i in order:
        places.append(max(shapes[i].at, places[-1] + gap if places else 0.0))
    limit = 100.0  # then from below, so that the lowest does not leave the drawing
    for n in reversed(range(len(places))):
        places[n] = min(places[n], limit)
        limit = places[n] - gap
    moved = dict(zip(order, places, strict=True))
    return [replace(shape, at=moved[i]) for i, shape in enumerate(shapes)]


# ------------------------------------------------------------------------------------------------ words


def _notes(curve: Curve) -> list[str]:
    """Return what the drawing does not show: gaps in its lines, and values left out."""
    troubles = [series.trouble(curve.x, curve.start) for series in curve.series]
    longest = max(len(series.values) for series in curve.series)
    step = _thinning(range(longest))
    thinned = [f"drawn is every {step}th of {longest:,} values"] if step > 1 else []
    return [note for note in [*troubles, *thinned] if note]


def _about(curve: Curve) -> str:
    """Describe the drawing in words, for those who do not see it."""
    parts = [f"{curve.y} against {curve.x}, from {curve.start} to {curve.start + max(curve.steps - 1, 0)}."]
    for series in curve.series:
        finite = series.finite
        if finite:
            ends = f"from {series.values[0]:.3g} to {series.values[-1]:.3g}"
            parts.append(f"{series.name}: {ends}, least {min(finite):.3g}, greatest {max(finite):.3g}.")
        else:
            parts.append(f"{series.name}: no finite value.")
    if curve.band and curve.band.low:
        ends = f"between {curve.band.low[-1]:.3g} and {curve.band.high[-1]:.3g}"
        parts.append(f"{curve.band.name}: {ends} at the end.")
    return " ".join(parts)
