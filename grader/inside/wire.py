"""The form of messages across the trust boundary: numbers, text, containers, arrays, handles and seeds. Never pickle.

A frame is `magic | nonce | length | payload`. The payload is one value, every part of it a one-byte tag and its content:

    N F T        None, False, True          s  text: u32 bytes, UTF-8
    i  int64     f  float64                 l t  list, tuple: u32 count, items
    h  handle    u32                        d  dict: u32 count, then text and item each
    r  reference u32 step,   u32 output     a  array: u8 dtype index, u8 ndim, u64 per dimension, the bytes in C order
    g  seed      u64
    c  code      two texts (a name, a definition), u64 (a budget), a dict of what is bound; in questions alone, never in an answer

The reader trusts nothing. It checks every count and size, in Python integers, against the rest of the payload before it
allocates anything, so that a claim of 10**12 items costs nothing. It returns plain values: an array subclass, a custom `__eq__`
or an object dtype cannot pass. Runs inside the jail: standard library and numpy only.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

MAGIC = b"GDW1"
HEADER = struct.Struct("<4s16sQ")  # magic, nonce, bytes of payload
NONCE_BYTES = 16

# Not numpy's own `.npy` headers: even with `allow_pickle=False` they may claim a shape (10**18, 0), or one item of 2 GB.
DTYPES = tuple(np.dtype(code) for code in ("<f8", "<f4", "<f2", "<i8", "<i4", "|u1", "|b1"))
MAX_NDIM = 8
MAX_DEPTH = 32
MAX_ITEMS = 100_000  # scalars and containers in one payload: they take some microseconds each, arrays do not
MAX_DIMENSION = 1 << 32
MAX_NAME = 64  # of characters of a text whose form is kept

_WHOLE = 0xFFFFFFFF  # the `output` of a reference to the whole result
_U32, _PAIR, _U64, _I64, _F64 = map(struct.Struct, ("<I", "<II", "<Q", "<q", "<d"))


class WireError(ValueError):
    """The bytes are not a frame, or the value cannot be sent. The message is a sentence about either."""


@dataclass(frozen=True)
class Handle:
    """A value that stays in the process that made it. The number goes back to that process in place of the value."""

    id: int


@dataclass(frozen=True)
class Ref:
    """The result of an earlier step of the same plan, or one `output` of several returned values."""

    step: int
    output: int | None = None


@dataclass(frozen=True)
class Seeded:
    """A random generator, made where the plan is run: `np.random.default_rng(seed)`."""

    seed: int


@dataclass(frozen=True)
class Bound:
    """A function as text, made where the plan is run (`given.make`): the definition of `name`, and the arguments that are `bound`.
    With a `budget`, it may be called so often."""

    name: str
    source: str
    bound: dict[str, Any]
    budget: int = 0


@dataclass(frozen=True)
class Encoded:
    """A value that is encoded already: a copy of it from the moment when it was wanted."""

    payload: bytes


# ------------------------------------------------------------------------------------------------ writing


def encode(value: Any, inside: int = 0) -> bytes:
    """Return the payload of one value. Raises WireError for a value that has no form here (an object, a complex number, …).

    `inside` is the number of containers that it will be put into as an `Encoded`, so that the whole is not too deep to be read.
    """
    out: list[bytes] = []
    _write(value, out.append, inside)
    if len(out) > MAX_ITEMS:
        raise WireError(f"a value of too many parts cannot be sent (more than {MAX_ITEMS}): use an array")
    return b"".join(out)


def frame(value: Any, nonce: bytes) -> bytes:
    """Return the whole message that sends a value. `nonce`, of 16 bytes, tells which question it belongs to."""
    payload = encode(value)
    return HEADER.pack(MAGIC, nonce, len(payload)) + payload


Put = Callable[[bytes], None]


def _write(value: Any, put: Put, depth: int) -> None:
    write = _WRITERS.get(type(value))
    if write is None:
        value, write = _as_plain(value)
    write(value, put, depth)


def _as_plain(value: Any) -> tuple[Any, Callable[[Any, Put, int], None]]:
    """Return the plain value that a value of another type stands for, and its writer. Raises WireError."""
    if isinstance(value, np.ndarray):
        return np.asarray(value), _write_array
    # float32 stays float32, because an answer in less than float64 is told so.
    if isinstance(value, np.floating) and value.dtype in DTYPES and value.dtype.itemsize < 8:
        return np.asarray(value), _write_array
    for kind, plain in _PLAIN:
        if isinstance(value, kind):
            return plain(value), _WRITERS[plain]
    raise WireError(
        f"a value of type {type(value).__name__}, which is neither a number, text, an array nor a list of these"
    )


def _write_sequence(value: list[Any] | tuple[Any, ...], put: Put, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise WireError(f"containers nested more than {MAX_DEPTH} deep cannot be sent")
    put((b"l" if type(value) is list else b"t") + _U32.pack(len(value)))
    for item in value:
        _write(item, put, depth + 1)


def _write_dict(value: dict[str, Any], put: Put, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise WireError(f"containers nested more than {MAX_DEPTH} deep cannot be sent")
    put(b"d" + _U32.pack(len(value)))
    for key, item in value.items():
        put(_encode_text(str(key)))
        _write(item, put, depth + 1)


def _write_bound(value: Bound, put: Put, depth: int) -> None:
    put(b"c" + _encode_text(value.name) + _encode_text(value.source) + _U64.pack(value.budget))
    _write_dict(value.bound, put, depth)


def _write_int(value: int, put: Put, _: int) -> None:
    if not -(1 << 63) <= value < 1 << 63:
        raise WireError("an integer of more than 64 bits cannot be sent")
    put(b"i" + _I64.pack(value))


def _write_array(plain: np.ndarray, put: Put, _: int) -> None:
    if plain.dtype not in DTYPES:
        plain = _convert(plain)
    if plain.ndim > MAX_NDIM:
        raise WireError(f"an array of {plain.ndim} dimensions cannot be sent (at most {MAX_NDIM})")
    head = struct.pack(f"<BB{plain.ndim}Q", DTYPES.index(plain.dtype), plain.ndim, *plain.shape)
    put(b"a" + head)
    put(plain.tobytes(order="C"))


def _convert(array: np.ndarray) -> np.ndarray:
    """Return the array in a dtype of `DTYPES`: integers as int64, floats (other byte orders, long doubles) as float64."""
    kind = array.dtype.kind
    if kind == "u" and array.dtype.itemsize == 8 and array.size and int(array.max()) >= 1 << 63:
        raise WireError("an integer of more than 64 bits cannot be sent")
    if kind in "iu":
        return array.astype("<i8")
    if kind == "f":
        return array.astype("<f8")
    raise WireError(f"an array of dtype {array.dtype} cannot be sent: numbers only")


def _encode_text(text: str) -> bytes:
    return _encode_name(text) if len(text) <= MAX_NAME else _encode_anew(text)


def _encode_anew(text: str) -> bytes:
    raw = text.encode("utf-8", "replace")  # half of a surrogate pair has no encoding
    return _U32.pack(len(raw)) + raw


_encode_name = lru_cache(1024)(_encode_anew)  # of operations and arguments, which a long plan repeats in each step


# numpy's scalars and subclasses of Python's types, in the order in which they are tried: a bool is an int, too.
_PLAIN: tuple[tuple[type | tuple[type, ...], Any], ...] = (
    ((bool, np.bool_), bool),
    ((int, np.integer), int),
    ((float, np.floating), float),
    (str, str),
    (list, list),
    (tuple, tuple),
    (dict, dict),
)
_WRITERS: dict[Any, Callable[[Any, Put, int], None]] = {
    type(None): lambda _, put, __: put(b"N"),
    bool: lambda value, put, _: put(b"T" if value else b"F"),
    int: _write_int,
    float: lambda value, put, _: put(b"f" + _F64.pack(value)),
    str: lambda value, put, _: put(b"s" + _encode_text(value)),
    list: _write_sequence,
    tuple: _write_sequence,
    dict: _write_dict,
    np.ndarray: _write_array,
    Handle: lambda value, put, _: put(b"h" + _U32.pack(value.id)),
    Ref: lambda value, put, _: put(b"r" + _PAIR.pack(value.step, _WHOLE if value.output is None else value.output)),
    Seeded: lambda value, put, _: put(b"g" + _U64.pack(value.seed)),
    Bound: _write_bound,
    Encoded: lambda value, put, _: put(value.payload),
}


# ------------------------------------------------------------------------------------------------ reading


def read_header(header: bytes | bytearray, nonce: bytes | None, max_bytes: int) -> int:
    """Return the payload's length from the 28 bytes before it. Raises WireError. `nonce` None accepts any nonce."""
    magic, got, length = HEADER.unpack(header)
    if magic != MAGIC:
        raise WireError("not a frame")
    if nonce not in (None, got):
        raise WireError("an answer to another question")
    if length > max_bytes:
        raise WireError(f"a message of {length} bytes, over the limit of {max_bytes}")
    return int(length)


def decode(payload: bytes | bytearray | memoryview, code: bool = False) -> Any:
    """Return the value of one payload. Raises WireError, and nothing else, for bytes that are not exactly one value.

    Only with `code` may there be functions in it: in what the grader sends, and in its own records. No answer holds one.
    """
    reader = _Reader(memoryview(payload), code)
    value = reader.value(0)
    if reader.at != len(reader.buffer):
        raise WireError(f"{len(reader.buffer) - reader.at} bytes follow the value")
    return value


class _Reader:
    """Reads one payload from its front. Its methods return the next part of it, or raise WireError."""

    def __init__(self, buffer: memoryview, code: bool = False) -> None:
        self.buffer, self.at, self.end, self.items, self.code = buffer, 0, len(buffer), 0, code

    def skip(self, size: int) -> int:
        """Go on by `size` bytes and return the position of the first of them."""
        at = self.at
        if size > self.end - at:
            raise WireError("the message is shorter than it claims")
        self.at = at + size
        return at

    def u32(self) -> int:
        return int(_U32.unpack_from(self.buffer, self.skip(4))[0])

    def text(self) -> str:
        size = self.u32()
        at = self.skip(size)
        return str(self.buffer[at : at + size], "utf-8", "replace")

    def count(self) -> int:
        """Read the number of items of a container."""
        count = self.u32()
        if count > self.end - self.at:  # every item takes at least one byte
            raise WireError("the message is shorter than it claims")
        if count > MAX_ITEMS - self.items:
            raise WireError("a value of too many parts")
        return count

    def value(self, depth: int) -> Any:
        """Read a value that lies in `depth` containers."""
        self.items += 1
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise WireError("a value nested too deep or of too many parts")
        read = _READERS.get(self.buffer[self.skip(1)])
        if read is None:
            raise WireError("a value of unknown kind")
        return read(self, depth)

    def sequence(self, depth: int) -> list[Any]:
        return [self.value(depth + 1) for _ in range(self.count())]

    def reference(self) -> Ref:
        step, output = _PAIR.unpack_from(self.buffer, self.skip(8))
        return Ref(step, None if output == _WHOLE else output)

    def function(self, depth: int) -> Bound:
        if not self.code:
            raise WireError("a function where none may be")
        name, source = self.text(), self.text()
        budget = int(_U64.unpack_from(self.buffer, self.skip(8))[0])
        bound = self.value(depth + 1)
        if type(bound) is not dict:
            raise WireError("a function that is bound to no arguments by name")
        return Bound(name, source, bound, budget)

    def array(self) -> np.ndarray:
        at = self.skip(2)
        index, ndim = self.buffer[at], self.buffer[at + 1]
        if index >= len(DTYPES) or ndim > MAX_NDIM:
            raise WireError("an array of unknown dtype or too many dimensions")
        shape = struct.unpack_from(f"<{ndim}Q", self.buffer, self.skip(8 * ndim))
        # Without the zeros: numpy cannot make an array of shape (2**62, 2**62, 0) either.
        if math.prod(size for size in shape if size) > MAX_DIMENSION:
            raise WireError("an array with an absurd dimension")
        dtype, count = DTYPES[index], math.prod(shape)  # Python's integers do not overflow as numpy's do
        at = self.skip(count * dtype.itemsize)
        if dtype.kind == "b":  # a bool whose byte is neither 0 nor 1 is undefined behaviour in numpy
            return (np.frombuffer(self.buffer, np.uint8, count, at) != 0).reshape(shape)
        return np.frombuffer(self.buffer, dtype, count, at).reshape(shape).copy()


_READERS: dict[int, Callable[[_Reader, int], Any]] = {
    ord("N"): lambda r, _: None,
    ord("F"): lambda r, _: False,
    ord("T"): lambda r, _: True,
    ord("i"): lambda r, _: int(_I64.unpack_from(r.buffer, r.skip(8))[0]),
    ord("f"): lambda r, _: float(_F64.unpack_from(r.buffer, r.skip(8))[0]),
    ord("s"): lambda r, _: r.text(),
    ord("l"): lambda r, depth: r.sequence(depth),
    ord("t"): lambda r, depth: tuple(r.sequence(depth)),
    ord("d"): lambda r, depth: {r.text(): r.value(depth + 1) for _ in range(r.count())},
    ord("h"): lambda r, _: Handle(r.u32()),
    ord("r"): lambda r, _: r.reference(),
    ord("g"): lambda r, _: Seeded(_U64.unpack_from(r.buffer, r.skip(8))[0]),
    ord("c"): lambda r, depth: r.function(depth),
    ord("a"): lambda r, _: r.array(),
}
