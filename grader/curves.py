"""Curves in a row's evidence: numbers over steps, with a band of usual values; their form, and one line for terminals.

    {"title": "Loss while training", "x": "epoch", "y": "loss", "start": 0,
     "series": [{"name": "yours", "values": [2.3, 1.1, "nan"]}, {"name": "reference, median", "values": [2.3, 1.0, 0.7]}],
     "band": {"name": "reference, 99.9 % of runs", "low": [2.2, 0.9, 0.6], "high": [2.4, 1.2, 0.8]}}

`title`, `start` (the step of the first value, 0 if not given) and `band` may be left out. A number that is not finite is None
or one of the words of `result.plain`. The first series is the student's. output/report/curve.py draws it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

MAX_SERIES = 4
MAX_VALUES = 10_000  # of each series: later ones are not read
MAX_LABEL = 60  # characters of a title or a name
MAX_START = 10**9
MANY_DECADES = 2.0  # positive values that span more are shown on a logarithmic scale
_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 40  # characters of a sparkline


@dataclass(frozen=True)
class Series:
    """Values at successive steps. Those that are not finite are gaps."""

    name: str
    values: tuple[float, ...]

    @property
    def finite(self) -> list[float]:
        """The values that are finite."""
        return [value for value in self.values if math.isfinite(value)]

    def trouble(self, x: str, start: int) -> str:
        """Return a sentence about the values that are not finite, "" if all are.

        "yours: 3 of 30 values are not finite, from epoch 27 (nan) on"; `x` is the name of a step, `start` the first one's number.
        """
        bad = [step for step, value in enumerate(self.values) if not math.isfinite(value)]
        if not bad:
            return ""
        many = f"{len(bad)} of {len(self.values)} values {'is' if len(bad) == 1 else 'are'} not finite"
        where = f"{x} {start + bad[0]} ({self.values[bad[0]]:g})"
        to_the_end = len(bad) > 1 and bad == list(range(bad[0], len(self.values)))
        return f"{self.name}: {many}, {f'from {where} on' if to_the_end else f'the first at {where}'}"


@dataclass(frozen=True)
class Band:
    """Usual values: from `low` to `high` at each step."""

    name: str
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Curve:
    """Series over the same steps, the first one the student's, with the names of both axes."""

    title: str
    x: str
    y: str
    start: int
    series: tuple[Series, ...]
    band: Band | None

    @property
    def steps(self) -> int:
        """The length of the longest series or of the band."""
        return max(len(values) for values in [*(s.values for s in self.series), self.band.low if self.band else ()])

    @property
    def logarithmic(self) -> bool:
        """True if all values are positive and span more than two decades."""
        values = [value for series in self.series for value in series.finite]
        return bool(values) and min(values) > 0 and math.log10(max(values)) - math.log10(min(values)) > MANY_DECADES


def read_curve(data: Any) -> Curve | None:
    """Return the curve that `data`, of the form above, describes, cut to size; None for data of another form."""
    try:
        series = tuple(_series(one, "values") for one in data["series"][:MAX_SERIES])
        band = data.get("band")
        low, high = (_series(band, side).values for side in ("low", "high")) if band else ((), ())
        made = Band(_text(band["name"]), low, high) if band else None
        start = data.get("start", 0)
        if not series or len(low) != len(high) or type(start) is not int or abs(start) > MAX_START:
            return None
        return Curve(_text(data.get("title", "")), _text(data["x"]), _text(data["y"]), start, series, made)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def _series(data: Mapping[str, Any], key: str) -> Series:
    values = data[key]
    if not isinstance(values, list | tuple):
        raise TypeError(f"{key} is no list")
    return Series(_text(data["name"]), tuple(_number(value) for value in values[:MAX_VALUES]))


def _number(value: Any) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not (isinstance(value, int | float) or value in ("nan", "inf", "-inf")):
        raise TypeError("no number")
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value if len(value) <= MAX_LABEL else value[: MAX_LABEL - 1] + "…"


def sparkline(curve: Curve) -> str:
    """Return the first series in one line: "loss by epoch: █▅▃▂▁▁ 2.31 → 0.124 (log scale)"."""
    mine = curve.series[0]
    finite = mine.finite
    what = f"{curve.y} by {curve.x}: "
    if not finite:
        return what + "no finite value"
    scale = math.log10 if curve.logarithmic else float
    bottom, top = scale(min(finite)), scale(max(finite))
    values, count = mine.values, min(len(mine.values), _WIDTH)
    shown = [
        values[round(i * (len(values) - 1) / max(count - 1, 1))] for i in range(count)
    ]  # evenly, with the last one
    bars = "".join(_bar(value, scale, bottom, top) for value in shown)
    return f"{what}{bars} {values[0]:.3g} → {values[-1]:.3g}{' (log scale)' if curve.logarithmic else ''}"


def _bar(value: float, scale: Any, bottom: float, top: float) -> str:
    """Return the character for a value between `bottom` and `top`, which are scaled already."""
    if not math.isfinite(value):
        return "×"
    # Of halves, because the difference of two large floats may overflow.
    share = (scale(value) / 2 - bottom / 2) / (top / 2 - bottom / 2) if top > bottom else 0.5
    return _BARS[min(int(share * len(_BARS)), len(_BARS) - 1)]


def runs(values: Sequence[float], step: int = 1) -> list[list[tuple[int, float]]]:
    """Return the unbroken stretches of (index, value) between gaps, with every `step`th value and the last."""
    taken = [(i, v) for i, v in enumerate(values) if i % step == 0 or i == len(values) - 1]
    return [list(run) for finite, run in groupby(taken, key=lambda at: math.isfinite(at[1])) if finite]
