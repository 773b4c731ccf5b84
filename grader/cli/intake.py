"""Run `grader intake`: what was handed in becomes a folder for each student, and a list of where every file went."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import Unreadable
from ..files import atomic_write
from ..intake.take_in import HandedIn, take_in
from ..output.text import printable
from ..submission.find import topic_of
from ..submission.notebook import bytes_of
from .courses import open_course
from .exits import Exit, Stop, say
from .grading import tell

LIST = "intake.json"


def intake(paths: Sequence[Path], output: Path, folder: Path | None, form: str, quiet: bool) -> Exit:
    """Copy every file that could be graded to OUTPUT/STUDENT/, with the platform's stamp as its time, and list all of them.

    Raise Stop where a file is there already with another content: nothing is overwritten.
    """
    course = open_course(folder)
    topics = list(course.topics)
    with tempfile.TemporaryDirectory() as unpacked:
        found = take_in(paths, topics, unpacked=Path(unpacked))
        tell(found, quiet)
        listed = [_copied(handed, output, topics) for handed in found.handed]
        lost = [{"file": str(left.path), "why": left.why} for left in found.wanted]
    everything = {"files": listed, "not taken in": lost}
    text = json.dumps(everything, indent=2, ensure_ascii=False)
    atomic_write(output / LIST, text + "\n")
    if form != "text":
        print(text if form == "json" else "\n".join(json.dumps(each, ensure_ascii=False) for each in listed))
    elif not quiet:
        students = {each["student"] for each in listed}
        say(f"{len(listed)} files of {len(students)} students are in {printable(str(output))}: {LIST} lists them")
    return Exit.UNGRADED if found.wanted else Exit.OK


def _copied(handed: HandedIn, output: Path, topics: Sequence[str]) -> dict[str, Any]:
    """Copy one file and return what is known of it."""
    claim = handed.claim
    place = output / claim.student / (claim.file or handed.file.name)
    raw: bytes | None
    try:
        raw = bytes_of(handed.file)
    except (Unreadable, OSError) as why:
        raw, reason = None, str(why)
    if raw is not None:
        place = _free(place, raw)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
        if claim.stamp is None:
            shutil.copystat(handed.file, place)
        else:
            os.utime(place, (claim.stamp.timestamp(),) * 2)
    return {
        "student": claim.student,
        "topic": topic_of(handed.file, topics),
        "file": str(place.relative_to(output)) if raw is not None else "",
        "id": claim.id,
        "handed in": claim.stamp.isoformat() if claim.stamp else None,
        "late": claim.late,
        **({} if raw is not None else {"why not": reason}),
    }


def _free(place: Path, raw: bytes) -> Path:
    """Return the place, or one with a number, where no other content lies. The same once more is no conflict."""
    for number in range(1, 100):
        found = place if number == 1 else place.with_name(f"{place.stem} ({number}){place.suffix}")
        if not found.exists() or (found.is_file() and found.read_bytes() == raw):
            return found
    raise Stop(f"{place}: there are a hundred files of this name already: take in to another folder")
