"""Data sets that a topic brings: NAME.csv.gz, numbers separated by commas, one row a line, no heading.

In the course such a file lies in the topic's folder `data/`, with NAME.md, which says what it is, whose, and under which
licence. The student's bundle has copies of both, beside the notebook. In the jail no file can be read: there `dataset` is a
stand-in, which answers with the arrays that the Session sent (inside/stand_ins.py).
"""

from __future__ import annotations

import io
import re
import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np

SUFFIX = ".csv.gz"
MAX_DATASET_BYTES = 16 << 20  # packed and unpacked: the file may come from anyone, and be a bomb
EXACT_BELOW = 2.0**53  # a float64 holds every integer below it
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_GZIP = 31  # zlib's code (wbits) for a gzip header and trailer, whose check sum it then compares


def dataset(name: str, beside: str | Path | None = None) -> np.ndarray:
    """Return a data set as a new array (rows, columns): int64 if every number of the file is whole, float64 otherwise.

    `dataset("digits")`, in a notebook, looks for the file in the current folder and those above it. `dataset("digits",
    beside=__file__)`, in a topic, looks in the folder of that file and in `data/` there.
    Raises FileNotFoundError if the file is not there, ValueError if it is damaged.
    """
    if not is_name(name):
        raise FileNotFoundError(
            f"{name!r} cannot be the name of a data set: it takes small letters, digits and _, as in dataset('digits')"
        )
    here = Path.cwd() if beside is None else Path(beside).parent
    folders = [here, *here.parents] if beside is None else [here, here / "data"]
    for folder in folders:
        path = folder / f"{name}{SUFFIX}"
        if path.is_file():
            return read(path)
    raise FileNotFoundError(
        f"{name}{SUFFIX} is not here ({folders[0]}): keep it, from the course's bundle, beside your notebook"
    )


def is_name(name: object) -> bool:
    """Return True for the name of a data set: small letters, digits and _, 40 at most."""
    return isinstance(name, str) and bool(_NAME.fullmatch(name))


def read(path: Path) -> np.ndarray:
    """Return the array in a file, as `dataset` does. Raises OSError, and ValueError if the file is damaged."""
    status = path.stat()
    return _read_once(path, status.st_mtime_ns, status.st_size).copy()


def narrow(array: np.ndarray) -> np.ndarray:
    """Return the same numbers in the fewest bytes that the wire has for them: a pixel needs one, not eight."""
    small = array.dtype.kind in "iu" and array.size > 0 and array.min() >= 0 and array.max() <= 255
    return array.astype(np.uint8) if small else array


@lru_cache(maxsize=8)  # cases are drawn for every row of every submission
def _read_once(path: Path, modified: int, size: int) -> np.ndarray:
    """Return the array in a file that was `modified` at some time (ns). Raises OSError and ValueError."""
    damaged = ValueError(f"{path.name} is damaged, or no data set: download the course's bundle again")
    if size > MAX_DATASET_BYTES:
        raise damaged
    try:
        return _parsed(_unpacked(path.read_bytes()))
    except (zlib.error, ValueError) as error:
        raise damaged from error


def _unpacked(raw: bytes) -> str:
    """Return the text of one whole gzip member. Raises zlib.error or ValueError for anything else."""
    unpacker = zlib.decompressobj(_GZIP)
    text = unpacker.decompress(raw, MAX_DATASET_BYTES)
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("cut short, too large, or followed by something else")
    return text.decode("ascii")


def _parsed(text: str) -> np.ndarray:
    """Return a table of numbers as an array. Raises ValueError for any other text."""
    if not text.strip():
        raise ValueError("empty")
    table = np.loadtxt(io.StringIO(text), delimiter=",", comments=None, ndmin=2)
    whole = bool(np.isfinite(table).all() and (np.abs(table) < EXACT_BELOW).all() and (table == np.rint(table)).all())
    return table.astype(np.int64) if whole else table
