"""What the templates show, as plain values: every decision about a page is taken here, the templates only lay it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from ..result import Hint, Note, Result, Status, Verdict
from . import markup
from .cells import Cell, Output, Unreadable, defining_cell, read_cells
from .statistics import TopicStatistics, share, summarise
from .text import cut, points

MAX_MESSAGE = 4_000
_WORDS = {
    Status.EARNED: "earned",
    Status.LOST: "lost",
    Status.WITHHELD: "not asked",
    Status.RAISED: "raised an exception",
    Status.TIMEOUT: "ran out of time",
    Status.DIED: "the process ended",
    Status.VOID: "not graded: a fault of ours",
}


@dataclass(frozen=True)
class TopicInfo:
    """A topic as the course declares it."""

    slug: str
    title: str
    weight: float


@dataclass(frozen=True)
class Mark:
    """One verdict on the page. A hidden row keeps its claim and its points, and loses all that tells of its cases."""

    claim: str
    kind: str
    word: str
    points: str
    message: str
    mistake: Hint | None
    hidden: bool
    cell: int | None
    line: int | None

    @property
    def place(self) -> str:
        return f"cell {self.cell}" + (f", line {self.line}" if self.line else "")


@dataclass
class CellView:
    """One cell of the student's notebook with what is said beside it."""

    kind: str
    number: int | None
    html: Markup
    outputs: tuple[Output, ...]
    marks: list[Mark] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class TopicView:
    """One topic on a student's page."""

    info: TopicInfo
    result: Result
    marks: list[Mark]
    cells: list[CellView]
    trouble: str

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
    """The class at a glance. `pages` links to each student's page."""
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
    """The mean share over the topics that have a grade; what is missing or ungraded is left out, not counted as 0."""
    weighed = [(topic.weight, share(result)) for topic, result in zip(topics, results, strict=True) if result]
    counted = [(weight, part) for weight, part in weighed if part is not None]
    total = sum(weight for weight, _ in counted)
    return sum(weight * part for weight, part in counted) / total if total else None


def topic_view(info: TopicInfo, result: Result, source: bytes | None) -> TopicView:
    """One topic of one student. A file that cannot be shown costs the page its cells, never its verdicts."""
    cells, trouble = _readable(source, result.file)
    marks = [_mark(row, cells) for row in result.rows]
    views = []
    for cell in cells:
        here = [mark for mark in marks if mark.cell == cell.number and not mark.hidden] if cell.number else []
        line = next((mark.line for mark in here if mark.line), None)
        notes = [note for note in result.notes if note.cell == cell.number] if cell.number else []
        views.append(CellView(cell.kind, cell.number, _html(cell, line), cell.outputs, here, notes))
    return TopicView(info, result, marks, views, trouble)


def _readable(source: bytes | None, file: str) -> tuple[list[Cell], str]:
    if source is None:
        return [], "The file itself is not at hand, so only its verdicts are shown."
    try:
        return read_cells(source, file), ""
    except Unreadable as error:
        return [], str(error)


def _html(cell: Cell, line: int | None) -> Markup:
    if cell.kind == "markdown":
        return markup.markdown(cell.source, dict(cell.attachments))
    return markup.code(cell.source, line) if cell.kind == "code" else markup.plain(cell.source)


def _mark(row: Verdict, cells: Sequence[Cell]) -> Mark:
    cell, line, function = row.evidence.get("cell"), row.evidence.get("line"), row.evidence.get("function")
    if not isinstance(cell, int) and isinstance(function, str):
        cell, line = defining_cell(cells, function), None
    return Mark(
        claim=row.claim,
        kind=_kind(row),
        word="earned in part" if _kind(row) == "part" else _WORDS[row.status],
        points=f"{points(row.earned) if row.status is not Status.VOID else '–'} / {points(row.points)}",
        message="" if row.hidden else cut(row.message, MAX_MESSAGE),
        mistake=None if row.hidden else row.mistake,
        hidden=row.hidden,
        cell=cell if isinstance(cell, int) and not row.hidden else None,
        line=line if isinstance(line, int) and not row.hidden else None,
    )


def _kind(row: Verdict) -> str:
    """The mark's icon and colour: the status, or `part` for a row that earned some of its points."""
    return "part" if 0 < row.earned < row.points else row.status.value
