"""Prepare what the templates show, as plain values: every decision about a page is taken here, the templates only lay it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from ...result import Note, Result
from . import markup
from .cells import Output, ShownCell, Unreadable, defining_cells, read_cells
from .marks import Mark, marks, unasked
from .statistics import TopicStatistics, share, summarise

_FEW_LINES = {"code": 12, "markdown": 3, "raw": 3}
_FEW_CHARACTERS = 300


@dataclass(frozen=True)
class TopicInfo:
    """A topic as the course declares it."""

    slug: str
    title: str
    weight: float


@dataclass
class CellView:
    """One cell of the student's notebook with the marks and notes beside it; `label` is its first line where it is folded."""

    kind: str
    number: int | None
    html: Markup
    outputs: tuple[Output, ...]
    label: Markup | None = None
    marks: list[Mark] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class TopicView:
    """One topic on a student's page."""

    info: TopicInfo
    result: Result
    marks: list[Mark]
    cells: list[CellView]
    notes: list[Note]
    trouble: str

    @property
    def unasked(self) -> bool:
        return unasked(self.result)

    @property
    def lost(self) -> list[Mark]:
        return [mark for mark in self.marks if not mark.full]

    @property
    def earned(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.full]

    @property
    def anchor(self) -> str:
        return anchor(self.info.slug)

    @property
    def share(self) -> float | None:
        return share(self.result)

    @property
    def source_kind(self) -> str:
        return "file" if self.result.file.lower().endswith(".py") else "notebook"

    @property
    def shown_cells(self) -> frozenset[int]:
        """The numbers of the cells that a link can lead to."""
        return frozenset(cell.number for cell in self.cells if cell.number)


@dataclass(frozen=True)
class StudentRow:
    """One line of the class table: the student's result for each topic, None where nothing was handed in."""

    student: str
    page: str
    results: tuple[Result | None, ...]
    mean: float | None

    @property
    def states(self) -> str:
        """The words that the table's filter looks for."""
        words = set()
        for result in self.results:
            words.add("missing" if result is None else result.status)
            words.add("lost" if result and result.score is not None and result.score < result.max_score else "")
        return " ".join(sorted(words - {""}))


@dataclass(frozen=True)
class ClassView:
    """The whole class: what the index page shows."""

    topics: tuple[TopicInfo, ...]
    students: tuple[StudentRow, ...]
    statistics: Mapping[str, TopicStatistics]
    links: Mapping[str, str]
    ungraded: tuple[Result, ...]
    graded: int
    missing: int
    mean: float | None
    rounds: tuple[str, ...]
    jails: tuple[str, ...]
    devices: tuple[str, ...]

    @property
    def titles(self) -> dict[str, str]:
        return {topic.slug: topic.title for topic in self.topics}

    @property
    def weights_differ(self) -> bool:
        return len({topic.weight for topic in self.topics}) > 1


def anchor(slug: str) -> str:
    return f"topic-{slug}"


def class_view(results: Sequence[Result], topics: Sequence[TopicInfo], pages: Mapping[str, str]) -> ClassView:
    """Return the class at a glance. `pages` maps each student to the link of their page."""
    by_key = {(result.student, result.topic): result for result in results}
    rows = []
    for student in sorted(pages, key=str.casefold):
        mine = tuple(by_key.get((student, topic.slug)) for topic in topics)
        rows.append(StudentRow(student, pages[student], mine, weighted_mean(mine, topics)))
    means = [row.mean for row in rows if row.mean is not None]
    ungraded = tuple(result for result in results if result.score is None)
    return ClassView(
        topics=tuple(topics),
        students=tuple(rows),
        statistics={t.slug: summarise([r for r in results if r.topic == t.slug]) for t in topics},
        links=pages,
        ungraded=ungraded,
        graded=len(results) - len(ungraded),
        missing=sum(result is None for row in rows for result in row.results),
        mean=sum(means) / len(means) if means else None,
        rounds=tuple(sorted({result.round for result in results})),
        jails=tuple(sorted({result.jail for result in results if result.jail})),
        devices=tuple(sorted({result.device for result in results})),
    )


def weighted_mean(results: Sequence[Result | None], topics: Sequence[TopicInfo]) -> float | None:
    """Return the mean share (0 to 1) over the topics that have a grade, by their weights, or None without any.

    A topic that is missing or ungraded is left out and not counted as 0.
    """
    weighed = [(topic.weight, share(result)) for topic, result in zip(topics, results, strict=True) if result]
    counted = [(weight, part) for weight, part in weighed if part is not None]
    total = sum(weight for weight, _ in counted)
    return sum(weight * part for weight, part in counted) / total if total else None


def topic_view(info: TopicInfo, result: Result, source: bytes | None) -> TopicView:
    """Return one topic of one student. A file that cannot be shown costs the page its cells, never its verdicts."""
    cells, trouble = _readable(source, result.file)
    made = marks(result, defining_cells(cells))
    notes = sorted(result.notes, key=lambda note: note.cell or 0)
    views = [_cell_view(cell, made, notes) for cell in cells]
    return TopicView(info, result, made, views, notes, "" if trouble in {note.text for note in notes} else trouble)


def _cell_view(cell: ShownCell, marks: Sequence[Mark], notes: Sequence[Note]) -> CellView:
    """Return a cell with its marks and notes. Fold a long one that has none to its first line."""
    here = [mark for mark in marks if mark.cell == cell.number and not mark.hidden] if cell.number else []
    said = [note for note in notes if note.cell == cell.number] if cell.number else []
    line = next((mark.line for mark in here if mark.line), None)
    label = _label(cell) if _long(cell) and not (here or said) else None
    return CellView(cell.kind, cell.number, _html(cell, line), cell.outputs, label, here, said)


def _long(cell: ShownCell) -> bool:
    texts = [cell.source, *(output.content for output in cell.outputs if output.kind != "image")]
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    few = len(lines) <= _FEW_LINES[cell.kind]
    return not few or (cell.kind != "code" and len(cell.source) > _FEW_CHARACTERS)


def _label(cell: ShownCell) -> Markup:
    return markup.first_line(cell.source) if cell.kind == "markdown" else markup.first_code_line(cell.source)


def _readable(source: bytes | None, file: str) -> tuple[list[ShownCell], str]:
    if source is None:
        return [], "The file itself is not at hand, so only its verdicts are shown."
    try:
        return read_cells(source, file), ""
    except Unreadable as error:
        return [], str(error)


def _html(cell: ShownCell, line: int | None) -> Markup:
    if cell.kind == "markdown":
        return markup.markdown(cell.source, dict(cell.attachments))
    return markup.code(cell.source, line) if cell.kind == "code" else markup.plain(cell.source)
