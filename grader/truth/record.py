"""A record of answers, addressed by content: the digest of a plan → what the reference answers.

The oracle's memory, the answers on disk, and the students' bundle are all such records, and a question that is on none of
them goes to the reference itself; where that is not at hand, it is `OffTheRecord`.

A submission may answer the same question twice differently: a record of what it answered would be addressed by the number of
the asking, too.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from ..errors import OffTheRecord
from ..files import atomic_write
from ..inside.plan import Plan
from ..inside.wire import WireError, decode, encode
from ..numerics.compare import Truth

FOLDER = "GRADER_CACHE"  # environment variable: where answers are kept instead of the user's folder for caches
MOST_ANSWERS = 10_000  # in memory, the latest: the search for smallest inputs asks new questions for each submission


T = TypeVar("T")


class Record(Protocol[T]):
    """Answers by the digest of what was asked."""

    def get(self, digest: bytes, /) -> T | None: ...

    def put(self, digest: bytes, answers: T, /) -> None: ...


class InMemory(Generic[T]):
    """The latest answers of this process. Threads may share it: each of its steps is one operation of a dict."""

    def __init__(self, answers: Mapping[bytes, T] | None = None, most: int | None = MOST_ANSWERS) -> None:
        self.answers: dict[bytes, T] = dict(answers or {})
        self.most = most

    def get(self, digest: bytes) -> T | None:
        return self.answers.get(digest)

    def put(self, digest: bytes, answers: T) -> None:
        self.answers.pop(digest, None)
        self.answers[digest] = answers
        while self.most is not None and len(self.answers) > self.most:
            self.answers.pop(next(iter(self.answers)), None)  # the one that was put here first


class OnDisk(Generic[T]):
    """Answers in a folder, a file each. A file that is damaged or cannot be written is as if it were not there.

    The folder is named after everything that decides the answers beside what is asked (`version`): another version finds
    another folder.
    """

    def __init__(
        self, version: str, to_bytes: Callable[[T], bytes], from_bytes: Callable[[bytes], T], root: Path | None = None
    ) -> None:
        self.folder = (root or cache_folder()) / hashlib.sha256(version.encode()).hexdigest()[:32]
        self.to_bytes, self.from_bytes = to_bytes, from_bytes

    def get(self, digest: bytes) -> T | None:
        try:
            return self.from_bytes((self.folder / digest.hex()).read_bytes())
        except (OSError, WireError, LookupError, TypeError, ValueError, AttributeError):
            return None

    def put(self, digest: bytes, answers: T) -> None:
        with contextlib.suppress(OSError):  # no room, no right to write: it is found out again next time
            atomic_write(self.folder / digest.hex(), self.to_bytes(answers))


class Recorded:
    """A source of truth that looks into its records first, then asks `compute`, and puts the answer on every record.

    Where there is nobody to ask, it raises OffTheRecord with the sentence `unknown`. Of several threads with new questions one
    asks, and the others wait for it.
    """

    def __init__(
        self,
        records: Sequence[Record[list[Truth]]],
        compute: Callable[[Plan], list[Truth]] | None = None,
        unknown: str = "",
    ) -> None:
        self.records, self.compute, self.unknown = tuple(records), compute, unknown
        self.lock = threading.Lock()

    def run(self, plan: Plan) -> list[Truth]:
        digest = plan.digest()
        if (found := self._known(digest)) is not None:
            return found
        if self.compute is None:
            raise OffTheRecord(self.unknown)
        with self.lock:
            if (found := self._known(digest)) is None:
                found = self.compute(plan)
                for record in self.records:
                    record.put(digest, found)
        return found

    def _known(self, digest: bytes) -> list[Truth] | None:
        """Return the answers of the first record that has them, and put them on those before it."""
        for i, record in enumerate(self.records):
            if (found := record.get(digest)) is not None:
                for nearer in self.records[:i]:
                    nearer.put(digest, found)
                return found
        return None


def truths_to_bytes(answers: Sequence[Truth]) -> bytes:
    return encode(truths_to_wire(answers))


def truths_from_bytes(raw: bytes) -> list[Truth]:
    return truths_from_wire(decode(raw))


def truths_to_wire(answers: Sequence[Truth]) -> list[Any]:
    return [(truth.value, truth.scale) for truth in answers]


def truths_from_wire(data: Any) -> list[Truth]:
    return [Truth(np.asarray(value), scale) for value, scale in data]


def cache_folder() -> Path:
    """Return where answers are kept between gradings: `GRADER_CACHE`, or this user's folder for caches."""
    import platformdirs

    return Path(os.environ.get(FOLDER) or platformdirs.user_cache_path("graded-descent"))
