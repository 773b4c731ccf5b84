"""Pack a course as a Gradescope autograder: `python make_zip.py COURSE -o autograder.zip`.

The zip holds setup.sh and run_autograder at its root, where Gradescope looks for them, the course in course/, the
course's secret in secret.env where the environment has it, and a wheel of grader in wheels/ where one is given.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
COURSE = ("autograder.yml", "assignments", "reference")  # what grading needs; students' files stay at home


def main() -> int:
    parser = argparse.ArgumentParser(description="Pack a course as a Gradescope autograder.")
    parser.add_argument("course", type=Path, help="the folder with autograder.yml")
    parser.add_argument("-o", "--output", type=Path, default=Path("autograder.zip"))
    parser.add_argument("--wheel", type=Path, help="a wheel of graded-descent to install instead of the released one")
    parser.add_argument(
        "--secret", default="GRADER_SECRET", help="the environment variable that holds the course's secret"
    )
    options = parser.parse_args()
    if not (options.course / "autograder.yml").is_file():
        print(f"{options.course}: there is no autograder.yml here, so this is not a course", file=sys.stderr)
        return 2
    secret = os.environ.get(options.secret)
    if not secret:
        print(f"{options.secret} is not set: the zip holds no secret, so students can guess the cases", file=sys.stderr)
    with zipfile.ZipFile(options.output, "w", zipfile.ZIP_DEFLATED) as archive:
        for script in ("setup.sh", "run_autograder"):
            add(archive, script, (HERE / script).read_bytes(), mode=0o755)
        for path in course_files(options.course):
            add(archive, f"course/{path.relative_to(options.course).as_posix()}", path.read_bytes())
        if options.wheel:
            add(archive, f"wheels/{options.wheel.name}", options.wheel.read_bytes())
        if secret:
            add(archive, "secret.env", f"{options.secret}={shlex.quote(secret)}\n".encode(), mode=0o600)
    print(f"{options.output}: upload this file on the page Configure Autograder")
    return 0


def course_files(course: Path) -> Iterator[Path]:
    for name in COURSE:
        for path in [course / name, *sorted((course / name).rglob("*"))]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    """The same course makes the same zip: every entry has a fixed time and mode."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.external_attr = mode << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


if __name__ == "__main__":
    sys.exit(main())
