"""What crosses the trust boundary: numbers, text, containers, arrays and handles. Never pickle.

A frame is `magic | nonce | length | payload`; the payload is one value, every part of it a one-byte tag and its content:

    N F T        None, False, True          s  text: u32 bytes, UTF-8
    i  int64     f  float64                 l t  list, tuple: u32 count, items
    h  handle    u32                        d  dict: u32 count, then text and item each
    r  reference u32 step,   u32 output     a  array: u8 dtype index, u8 ndim, u64 per dimension, the bytes in C order

The reader trusts nothing: every count and size is checked in Python integers against what is left of the payload
before anything is allocated, so a claim of 10**12 items costs nothing. What it returns is plain: an array subclass,
a custom `__eq__` or an object dtype cannot pass. Imports the standard library and numpy only: the jail loads this file.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

MAGIC = b"GDW1"
HEADER = struct.Struct("<4s16sQ")  # magic, nonce, bytes of payload
NONCE_BYTES = 16

DTYPES = tuple(np.dtype(code) for code in ("<f8", "<f4", "<f2", "<i8", "<i4", "|u1", "|b1"))
MAX_NDIM = 8
MAX_DEPTH = 32
MAX_ITEMS = 1_000_000  # scalars and containers in one payload
MAX_DIMENSION = 1 << 32

_WHOLE = 0xFFFFFFFF  # the `output` of a reference to the whole result
_U32, _I64, _F64 = struct.Struct("<I"), struct.Struct("<q"), struct.Struct("<d")


class WireError(ValueError):
    """Bytes that are no frame, or a value that cannot cross."""


@dataclass(frozen=True)
class Handle:
    """A value that stays in the process that made it, and goes back to it by number."""

    id: int


@dataclass(frozen=True)
class Ref:
    """The result of an earlier step of the same plan; `output` picks one of several returned values."""

    step: int
    output: int | None = None


@dataclass(frozen=True)
class Encoded:
    """A value that was written already, at the moment when it was to be seen."""

    payload: bytes


# ------------------------------------------------------------------------------------------------ writing


def encode(value: Any) -> bytes:
    """The payload of one value. Raises WireError for what has no form on the wire (objects, complex numbers, …)."""
    out: list[bytes] = []
    _write(value, out.append, 0)
    return b"".join(out)


def frame(value: Any, nonce: bytes) -> bytes:
    payload = encode(value)
    return HEADER.pack(MAGIC, nonce, len(payload)) + payload


def _write(value: Any, put: Callable[[bytes], None], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise WireError(f"containers nested more than {MAX_DEPTH} deep cannot be sent")
    if value is None:
        put(b"N")
    elif isinstance(value, (bool, np.bool_)):
        put(b"T" if value else b"F")
    elif isinstance(value, (int, np.integer)):
        _write_int(int(value), put)
    elif isinstance(value, np.ndarray):
        _write_array(value, put)
    elif isinstance(value, np.floating) and value.dtype in DTYPES and value.dtype.itemsize < 8:
        _write_array(np.asarray(value), put)  # float32 stays float32: its accuracy is judged
    elif isinstance(value, (float, np.floating)):
        put(b"f" + _F64.pack(float(value)))
    elif isinstance(value, str):
        put(b"s" + _text(value))
    elif isinstance(value, (list, tuple)):
        put((b"l" if isinstance(value, list) else b"t") + _U32.pack(len(value)))
        for item in value:
            _write(item, put, depth + 1)
    elif isinstance(value, dict):
        put(b"d" + _U32.pack(len(value)))
        for key, item in value.items():
            put(_text(str(key)))
            _write(item, put, depth + 1)
    elif isinstance(value, Handle):
        put(b"h" + _U32.pack(value.id))
    elif isinstance(value, Ref):
        put(b"r" + _U32.pack(value.step) + _U32.pack(_WHOLE if value.output is None else value.output))
    elif isinstance(value, Encoded):
        put(value.payload)
    else:
        raise WireError(f"a {type(value).__name__} is neither a number, text, an array nor a container of them")


def _write_int(value: int, put: Callable[[bytes], None]) -> None:
    if not -(1 << 63) <= value < 1 << 63:
        raise WireError("an integer of more than 64 bits cannot be sent")
    put(b"i" + _I64.pack(value))


def _write_array(array: np.ndarray, put: Callable[[bytes], None]) -> None:
    plain = np.asarray(array)
    if plain.dtype not in DTYPES:
        plain = _convert(plain)
    if plain.ndim > MAX_NDIM:
        raise WireError(f"an array of {plain.ndim} dimensions cannot be sent (at most {MAX_NDIM})")
    head = struct.pack(f"<BB{plain.ndim}Q", DTYPES.index(plain.dtype), plain.ndim, *plain.shape)
    put(b"a" + head)
    put(plain.tobytes(order="C"))


def _convert(array: np.ndarray) -> np.ndarray:
    """Other integers become int64, other byte orders and long doubles float64; the rest has no form here."""
    kind = array.dtype.kind
    if kind == "u" and array.dtype.itemsize == 8 and array.size and int(array.max()) >= 1 << 63:
        raise WireError("an integer of more than 64 bits cannot be sent")
    if kind in "iu":
        return array.astype("<i8")
    if kind == "f":
        return array.astype("<f8")
    raise WireError(f"an array of dtype {array.dtype} cannot be sent: numbers only")


def _text(text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    return _U32.pack(len(raw)) + raw


# ------------------------------------------------------------------------------------------------ reading


def decode(payload: bytes | bytearray | memoryview) -> Any:
    """The value of one payload. Raises WireError, and nothing else, for bytes that are not one value exactly."""
    reader = _Reader(memoryview(payload))
    value = reader.value(0)
    if reader.at != len(reader.buffer):
        raise WireError(f"{len(reader.buffer) - reader.at} bytes follow the value")
    return value


def read_header(header: bytes | bytearray, nonce: bytes | None, max_bytes: int) -> int:
    """The payload's length, from the 28 bytes before it. `nonce` None accepts any (the worker's side)."""
    magic, got, length = HEADER.unpack(header)
    if magic != MAGIC:
        raise WireError("not a frame")
    if nonce is not None and got != nonce:
        raise WireError("an answer to another question")
    if length > max_bytes:
        raise WireError(f"a message of {length} bytes, over the limit of {max_bytes}")
    return int(length)


class _Reader:
    def __init__(self, buffer: memoryview) -> None:
        self.buffer, self.at, self.items = buffer, 0, 0

    def take(self, size: int) -> memoryview:
        if size > len(self.buffer) - self.at:
            raise WireError("the message is shorter than it claims")
        self.at += size
        return self.buffer[self.at - size : self.at]

    def u32(self) -> int:
        return int(_U32.unpack(self.take(4))[0])

    def text(self) -> str:
        return bytes(self.take(self.u32())).decode("utf-8", "replace")

    def count(self) -> int:
        """Every item takes at least one byte, so a count beyond what is left is a lie."""
        count = self.u32()
        if count > len(self.buffer) - self.at:
            raise WireError("the message is shorter than it claims")
        return count

    def value(self, depth: int) -> Any:
        self.items += 1
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise WireError("a value nested too deep or of too many parts")
        tag = bytes(self.take(1))
        read = _READERS.get(tag)
        if read is None:
            raise WireError(f"unknown tag {tag!r}")
        return read(self, depth)

    def sequence(self, depth: int) -> list[Any]:
        return [self.value(depth + 1) for _ in range(self.count())]

    def mapping(self, depth: int) -> dict[str, Any]:
        return {self.text(): self.value(depth + 1) for _ in range(self.count())}

    def reference(self) -> Ref:
        step, output = self.u32(), self.u32()
        return Ref(step, None if output == _WHOLE else output)

    def array(self) -> np.ndarray:
        index, ndim = self.take(2)
        if index >= len(DTYPES) or ndim > MAX_NDIM:
            raise WireError("an array of unknown dtype or too many dimensions")
        shape = struct.unpack(f"<{ndim}Q", self.take(8 * ndim))
        if math.prod(size for size in shape if size) > MAX_DIMENSION:  # also where another dimension is 0
            raise WireError("an array with an absurd dimension")
        dtype = DTYPES[index]
        raw = self.take(math.prod(shape) * dtype.itemsize)  # Python integers: cannot overflow
        if dtype.kind == "b":  # a byte that is neither 0 nor 1 makes an invalid bool
            return (np.frombuffer(raw, np.uint8) != 0).reshape(shape)
        return np.frombuffer(raw, dtype).reshape(shape).copy()


_READERS: dict[bytes, Callable[[_Reader, int], Any]] = {
    b"N": lambda r, _: None,
    b"F": lambda r, _: False,
    b"T": lambda r, _: True,
    b"i": lambda r, _: int(_I64.unpack(r.take(8))[0]),
    b"f": lambda r, _: float(_F64.unpack(r.take(8))[0]),
    b"s": lambda r, _: r.text(),
    b"l": lambda r, depth: r.sequence(depth),
    b"t": lambda r, depth: tuple(r.sequence(depth)),
    b"d": lambda r, depth: r.mapping(depth),
    b"h": lambda r, _: Handle(r.u32()),
    b"r": lambda r, _: r.reference(),
    b"a": lambda r, _: r.array(),
}
