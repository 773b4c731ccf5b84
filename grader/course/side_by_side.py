"""Many submissions side by side. What known mistakes answer is made ahead, beside the first of them, and nobody waits for it.

A submission with a fault that is to be named is put aside until the known mistakes of its topic are prepared; meanwhile others
are judged. So the same file gets the same Result, whoever was graded before.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any

from ..result import Result
from ..submission.find import Submission
from .grade import Grading, Judged

IN_FLIGHT = 4  # submissions per worker that are read ahead: memory stays flat however large the class


def grade_all(grading: Grading, submissions: Iterable[Submission], workers: int) -> Iterator[Result]:
    """Yield Results as they are finished, from threads that each supervise one jailed process.

    If the caller stops early (Ctrl-C), close the jail, so that nobody waits for what still runs.
    """
    queue = iter(submissions)
    # Names have threads of their own: nobody's is found out only when another one's loop has run into its limit.
    with Preparation(grading) as ahead, ThreadPoolExecutor(workers) as pool, ThreadPoolExecutor(workers) as namers:
        judging: set[Future[Judged]] = set()
        naming: set[Future[Result]] = set()

        def judge(count: int) -> None:
            for submission in islice(queue, count):
                ahead.prepare(submission.topic)
                judging.add(pool.submit(grading.judge, submission))

        try:
            judge(IN_FLIGHT * workers)
            while judging or naming or ahead.waiting:
                wait(set[Future[Any]](judging).union(naming, ahead.awaited()), return_when=FIRST_COMPLETED)
                judged = {future for future in judging if future.done()}
                named = {future for future in naming if future.done()}
                judging -= judged
                naming -= named
                found = [future.result() for future in judged]
                ahead.waiting += [one.compact() for one in found if one.needs_names]
                naming |= {namers.submit(grading.name, one) for one in ahead.ready()}
                judge(len(judged))
                yield from (grading.name(one) for one in found if not one.needs_names)
                yield from (future.result() for future in named)
        except (GeneratorExit, KeyboardInterrupt):
            ahead.stop()
            grading.jail.close()
            raise
        finally:
            for future in judging | naming:
                future.cancel()


class Preparation:
    """Prepares the topics of a round, one after the other, in a thread of its own. `waiting` are submissions to be named."""

    def __init__(self, grading: Grading) -> None:
        self.grading = grading
        self.waiting: list[Judged] = []
        self._thread = ThreadPoolExecutor(1)
        self._topics: dict[str, Future[None]] = {}
        self._stopped = threading.Event()

    def __enter__(self) -> Preparation:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._thread.shutdown()

    def stop(self) -> None:
        """Begin no further program. What was run is on record."""
        self._stopped.set()
        for future in self._topics.values():
            future.cancel()

    def prepare(self, topic: str) -> None:
        """Prepare a topic, if nobody has begun to."""
        if topic not in self._topics:
            self._topics[topic] = self._thread.submit(self._prepare, topic)

    def _prepare(self, topic: str) -> None:
        def went_on() -> None:
            if self._stopped.is_set():
                raise _Stopped

        self.grading.topic_round(topic).mistakes.prepare(went_on)

    def ready(self) -> Sequence[Judged]:
        """Return the submissions that need wait no longer, and drop them. One whose topic could not be prepared finds out why."""
        found = [judged for judged in self.waiting if self._topics[judged.submission.topic].done()]
        self.waiting = [judged for judged in self.waiting if judged not in found]
        return found

    def awaited(self) -> list[Future[Any]]:
        """Return the preparations that submissions wait for."""
        return [self._topics[judged.submission.topic] for judged in self.waiting]


class _Stopped(Exception):
    """Nobody waits for the preparation any more."""
