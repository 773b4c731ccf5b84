"""The gradebook: every Result that was ever stored, in one SQLite file that only grows.

It is the truth; CSV, JSON and HTML are made from it. Grading again adds a row and `latest` shows it, so a grade
that changed can always be explained.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..errors import GradebookError
from ..result import Result, plain

VERSION = 1
_APPLICATION = 0x47724473  # "GrDs" in the file's header: this SQLite file is a gradebook
_BUSY_SECONDS = 30.0

_SCHEMA = """
CREATE TABLE results (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created TEXT NOT NULL,
    student TEXT NOT NULL,
    topic TEXT NOT NULL,
    round TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('graded', 'ungraded')),
    score REAL,
    max_score REAL NOT NULL,
    result_json TEXT NOT NULL,
    CHECK ((status = 'ungraded') = (score IS NULL))
);
CREATE INDEX results_by_student ON results (student, topic, id);
CREATE TRIGGER results_keep_updates BEFORE UPDATE ON results
    BEGIN SELECT RAISE(ABORT, 'the gradebook is append-only: nothing in it may be changed'); END;
CREATE TRIGGER results_keep_deletes BEFORE DELETE ON results
    BEGIN SELECT RAISE(ABORT, 'the gradebook is append-only: nothing in it may be deleted'); END;
CREATE TRIGGER results_keep_replaces BEFORE INSERT ON results
    WHEN EXISTS (SELECT 1 FROM results WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the gradebook is append-only: nothing in it may be replaced'); END;
"""

_INSERT = """
INSERT INTO results (created, student, topic, round, sha256, status, score, max_score, result_json)
VALUES (:created, :student, :topic, :round, :sha256, :status, :score, :max_score, :result_json)
"""

_LATEST = """
SELECT result_json FROM results
WHERE id IN (SELECT max(id) FROM results GROUP BY student, topic)
    AND (:student IS NULL OR student = :student) AND (:topic IS NULL OR topic = :topic)
ORDER BY student, topic
"""


@dataclass(frozen=True)
class Entry:
    """One stored Result, and when it was stored (UTC, ISO 8601)."""

    id: int
    created: str
    result: Result


class Gradebook:
    """`with Gradebook("out/gradebook.db") as book: book.append(results)`.

    What `append` has returned from is on the disk: neither SIGKILL nor a power cut takes it back. Several programs
    may write at once; each waits for the others. `create=False` is for reading: it refuses a file that is not there.
    """

    def __init__(self, path: Path | str, create: bool = True) -> None:
        self.path = Path(path)
        if not create and not self.path.exists():
            raise GradebookError(f"{self.path}: there is no gradebook here; `grader grade` makes one")
        with self._explained():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            with self._explained():
                self._open()
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def append(self, results: Iterable[Result]) -> None:
        """Store all of `results`, or none of them if one cannot be stored."""
        rows = [_row(result) for result in results]
        with self._explained(), self._transaction():
            self._db.executemany(_INSERT, rows)

    def latest(self, student: str | None = None, topic: str | None = None) -> list[Result]:
        """Return the newest Result of every student and topic, whatever its round, in the order of their names."""
        with self._explained():
            rows = self._db.execute(_LATEST, plain({"student": student, "topic": topic})).fetchall()
        return [self._stored(text) for (text,) in rows]

    def history(self, student: str, topic: str) -> list[Entry]:
        """Everything that was ever stored for one student and topic, oldest first."""
        query = "SELECT id, created, result_json FROM results WHERE student = ? AND topic = ? ORDER BY id"
        with self._explained():
            rows = self._db.execute(query, plain([student, topic])).fetchall()
        return [Entry(id, created, self._stored(text)) for id, created, text in rows]

    def students(self) -> list[str]:
        with self._explained():
            rows = self._db.execute("SELECT DISTINCT student FROM results ORDER BY student").fetchall()
        return [student for (student,) in rows]

    def _stored(self, text: str) -> Result:
        try:
            return Result.from_json(text)
        except ValueError as problem:
            raise GradebookError(f"{self.path}: a stored result cannot be read: {problem}") from problem

    def _open(self) -> None:
        # The rollback journal, and not WAL: a copy of the one file is a whole gradebook, also after a crash,
        # and it works on the network file systems where courses tend to live.
        self._db.execute("PRAGMA synchronous = FULL")
        if not self._one("SELECT count(*) FROM sqlite_master"):
            with self._transaction():
                if not self._one("SELECT count(*) FROM sqlite_master"):  # nobody was faster
                    self._create()
        if self._one("PRAGMA application_id") != _APPLICATION:
            raise GradebookError(
                f"{self.path}: this is a database of another program, not a gradebook; name another file"
            )
        version = self._one("PRAGMA user_version")
        if version != VERSION:
            raise GradebookError(
                f"{self.path}: this gradebook is of version {version}, and this program reads version {VERSION}; "
                f"use the version of grader that wrote it, or grade into a new folder"
            )

    def _create(self) -> None:
        for statement in _statements(_SCHEMA):
            self._db.execute(statement)
        self._db.execute(f"PRAGMA application_id = {_APPLICATION}")
        self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _one(self, query: str) -> Any:
        return self._db.execute(query).fetchone()[0]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what SQLite and the system say into a sentence for people."""
        try:
            yield
        except sqlite3.Error as problem:
            raise GradebookError(f"{self.path}: {_why(problem)}") from problem
        except OSError as problem:
            raise GradebookError(f"{self.path}: the folder cannot be made: {problem.strerror}") from problem


def _row(result: Result) -> dict[str, Any]:
    form = result.to_dict()
    return {
        **{key: form[key] for key in ("student", "topic", "round", "status", "score", "max_score")},
        "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "sha256": form["source"]["sha256"],
        "result_json": json.dumps(form, ensure_ascii=False, allow_nan=False),
    }


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of `script`, one by one: `executescript` would end our transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _why(problem: sqlite3.Error) -> str:
    match getattr(problem, "sqlite_errorname", "").split("_")[:2]:
        case ["SQLITE", "NOTADB"]:
            return "this file is not a gradebook (not an SQLite database); name another file"
        case ["SQLITE", "CORRUPT"]:
            return "the file is damaged; take it from a backup, or grade again into a new folder"
        case ["SQLITE", "BUSY"]:
            return f"another program has kept it busy for {_BUSY_SECONDS:.0f} seconds; try again when that has ended"
        case ["SQLITE", "READONLY"]:
            return "it may not be written here; check the permissions of the file and of its folder"
        case ["SQLITE", "CANTOPEN"]:
            return "it cannot be opened; check that the path is a file and its folder may be written"
        case ["SQLITE", "FULL"]:
            return "the disk is full; nothing of this step was stored"
    return f"the database refused: {problem}"
