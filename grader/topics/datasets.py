"""Data sets that a topic brings: NAME.csv.gz, numbers separated by commas, one row a line, no heading.

In the course such a file lies in the topic's folder `data/`, with NAME.md, which says what it is, whose, and under which
licence. The student's bundle holds copies of both, beside the notebook. In the jail no file can be read: there `grader` is a
stand-in whose `dataset` answers from what the Session sent (see `standins`).
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

SUFFIX = ".csv.gz"
MAX_BYTES = 16 << 20  # packed and unpacked: a student may have been given the file by anyone
EXACT = 2.0**53  # below it a float64 holds every integer
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_GZIP = 31  # zlib's word for a gzip header and trailer, whose check sum it then compares


def dataset(name: str, beside: str | Path | None = None) -> np.ndarray:
    """A data set as a new array (rows, columns): int64 where every number of the file is whole, float64 elsewhere.

    A notebook asks `dataset("digits")`, and the file is looked for in the current folder and those above it. A topic asks
    `dataset("digits", beside=__file__)`: in the folder of that file, or in `data/` there.
    Raises FileNotFoundError where the file is not there, ValueError where it is damaged.
    """
    if not is_name(name):
        raise FileNotFoundError(
            f"{name!r} cannot be the name of a data set: it takes small letters, digits and _, as in dataset('digits')"
        )
    folders = _around(Path.cwd()) if beside is None else _beside(Path(beside))
    for folder in folders:
        path = folder / f"{name}{SUFFIX}"
        if path.is_file():
            return read(path)
    raise FileNotFoundError(
        f"{name}{SUFFIX} is not here ({folders[0]}): keep it, from the course's bundle, beside your notebook"
    )


def is_name(name: object) -> bool:
    return isinstance(name, str) and bool(_NAME.fullmatch(name))


def read(path: Path) -> np.ndarray:
    """The array in a file, as `dataset` gives it. Raises OSError, or ValueError where the file is damaged."""
    status = path.stat()
    return _read(path, status.st_mtime_ns, status.st_size).copy()


def narrow(array: np.ndarray) -> np.ndarray:
    """The same numbers in the fewest bytes that the wire has for them: pixels need one, not eight."""
    small = array.dtype.kind in "iu" and array.size > 0 and array.min() >= 0 and array.max() <= 255
    return array.astype(np.uint8) if small else array


@lru_cache(maxsize=8)  # cases are drawn for every row of every submission
def _read(path: Path, modified: int, size: int) -> np.ndarray:
    damaged = ValueError(f"{path.name} is damaged, or no data set: download the course's bundle again")
    if size > MAX_BYTES:
        raise damaged
    try:
        return _parsed(_unpacked(path.read_bytes()))
    except (zlib.error, ValueError) as error:
        raise damaged from error


def _unpacked(raw: bytes) -> str:
    """The text of one whole gzip member. Raises zlib.error or ValueError for anything else."""
    unpacker = zlib.decompressobj(_GZIP)
    text = unpacker.decompress(raw, MAX_BYTES)
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("cut short, too large, or followed by something else")
    return text.decode("ascii")


def _parsed(text: str) -> np.ndarray:
    """Raises ValueError for what is no table of numbers."""
    if not text.strip():
        raise ValueError("empty")
    table = np.loadtxt(io.StringIO(text), delimiter=",", comments=None, ndmin=2)
    whole = bool(np.isfinite(table).all() and (np.abs(table) < EXACT).all() and (table == np.rint(table)).all())
    return table.astype(np.int64) if whole else table


def _around(folder: Path) -> Sequence[Path]:
    return (folder, *folder.parents)


def _beside(file: Path) -> Sequence[Path]:
    return (file.parent, file.parent / "data")
