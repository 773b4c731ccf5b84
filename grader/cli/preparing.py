"""Run `grader prepare`: what a round's cases and known mistakes answer is made before anybody hands in."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from ..course.grade import Grading
from ..submission.jail.levels import measured_jail
from ..truth.reference import choose_device
from .courses import open_course, require_topics
from .exits import Exit, say
from .progress import show_progress


def prepare(
    topics: Sequence[str], round: str, device: str | None, folder: Path | None, form: str, progress: bool, quiet: bool
) -> Exit:
    """Run the solution and the known mistakes of the topics on the round's cases; what they answer is kept on disk.

    What is on disk already is only read, so a preparation that was stopped goes on where it was.
    """
    course = open_course(folder)
    wanted = require_topics(course, topics) if topics else list(course.topics)
    jail = measured_jail(course.imports)
    found = []
    try:
        grading = Grading(course, jail, round, choose_device(device or course.device))
        with show_progress("preparing", None, progress) as advance:
            for slug in wanted:
                started = time.perf_counter()
                _, known = grading.topic_round(slug).mistakes.prepare(lambda: advance("known mistakes"))
                seconds = float(f"{time.perf_counter() - started:.1f}")
                found.append({"topic": slug, "round": round, "known": len(known), "seconds": seconds})
                if form == "text":
                    print(f"{slug}: round {round}, {len(known)} known mistakes, {seconds:g} s", flush=True)
    finally:
        jail.close()
    if form != "text":
        print("\n".join(map(json.dumps, found)) if form == "jsonl" else json.dumps(found, indent=2))
    if course.secret_bytes() is None and not quiet:
        say(
            f"note: the environment variable {course.secret} is not set: with it other cases are drawn, and prepared anew"
        )
    return Exit.OK
