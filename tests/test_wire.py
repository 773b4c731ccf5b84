"""What crosses the boundary comes back as it was; what does not keep to the form is a WireError and costs nothing."""

from __future__ import annotations

import contextlib
import struct
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.inside.wire import (
    DTYPES,
    HEADER,
    MAGIC,
    Encoded,
    Handle,
    Ref,
    WireError,
    decode,
    encode,
    frame,
    read_header,
)
from support.fuzzing import FUZZ

U32 = st.integers(0, 2**32 - 1)
ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.builds(Handle, U32)
    | st.builds(Ref, U32, st.none() | st.integers(0, 2**32 - 2))
    | ARRAYS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def same(a: Any, b: Any) -> bool:
    """Equal in type and content; NaN is itself, and 0.0 is not -0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, float):
        return struct.pack("<d", a) == struct.pack("<d", b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return bool(a == b)


@given(VALUES)
def test_values_survive_the_wire_with_type_and_bits(value: Any) -> None:
    assert same(decode(encode(value)), value)


@given(VALUES)
def test_a_value_that_was_encoded_before_is_sent_as_itself(value: Any) -> None:
    assert same(decode(encode([Encoded(encode(value))])), [value])


@FUZZ
@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_wire_error(payload: bytes) -> None:
    with contextlib.suppress(WireError):
        decode(payload)


@FUZZ
@given(VALUES, st.data())
def test_a_damaged_value_is_a_value_or_a_wire_error(value: Any, data: st.DataObject) -> None:
    payload = bytearray(encode(value))
    at = data.draw(st.integers(0, len(payload) - 1))
    payload[at] = data.draw(st.integers(0, 255))
    del payload[data.draw(st.integers(0, len(payload))) :]
    with contextlib.suppress(WireError):
        decode(payload)


@FUZZ
@given(st.binary(min_size=HEADER.size, max_size=HEADER.size))
def test_any_header_is_refused_unless_it_answers_the_question(header: bytes) -> None:
    with pytest.raises(WireError):
        read_header(header, b"n" * 16, 1000)


def test_a_header_gives_the_length_of_what_follows() -> None:
    sent = frame([1, 2], b"n" * 16)
    assert read_header(sent[: HEADER.size], b"n" * 16, 1000) == len(sent) - HEADER.size
    assert read_header(sent[: HEADER.size], None, 1000) == len(sent) - HEADER.size


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (HEADER.pack(b"JUNK", b"n" * 16, 1), "not a frame"),
        (HEADER.pack(MAGIC, b"m" * 16, 1), "another question"),
        (HEADER.pack(MAGIC, b"n" * 16, 1001), "over the limit of 1000"),
        (HEADER.pack(MAGIC, b"n" * 16, 2**64 - 1), "over the limit of 1000"),
    ],
)
def test_a_lying_header_is_refused_with_a_reason(header: bytes, words: str) -> None:
    with pytest.raises(WireError, match=words):
        read_header(header, b"n" * 16, 1000)


def array_bytes(index: int, shape: tuple[int, ...], content: bytes = b"") -> bytes:
    return b"a" + struct.pack(f"<BB{len(shape)}Q", index, len(shape), *shape) + content


LIES = {
    "nothing": b"",
    "an unknown kind": b"?",
    "10**12 items of an array": array_bytes(0, (10**12,)),
    "4 * 10**9 items of a list": b"l" + struct.pack("<I", 4 * 10**9),
    "more items than bytes": b"l" + struct.pack("<I", 3) + b"NN",
    "a dictionary of 4 * 10**9 entries": b"d" + struct.pack("<I", 4 * 10**9),
    "text of 4 GB": b"s" + struct.pack("<I", 2**32 - 1) + b"short",
    "dimensions whose product overflows to 0": array_bytes(0, (2**32, 2**32)),
    "dimensions whose product overflows to 8": array_bytes(5, (2**63 + 4, 2), b"12345678"),
    "an absurd shape without items": array_bytes(0, (10**18, 0)),
    "an absurd shape split over two": array_bytes(0, (0, 2**31, 2**31)),
    "nine dimensions": array_bytes(0, (1,) * 9, b"8 bytes."),
    "an unknown dtype": array_bytes(len(DTYPES), (1,), b"8 bytes."),
    "an array cut short": array_bytes(0, (2,), b"only 12 byte"),
    "a number cut short": b"f1234",
    "bytes after the value": b"NN",
    "nesting without end": b"l\x01\0\0\0" * 10_000 + b"N",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_about_sizes_is_a_wire_error_before_memory_is_taken(lie: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            decode(LIES[lie])
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_reply_of_too_many_parts_is_refused() -> None:
    with pytest.raises(WireError, match="too many parts"):
        decode(b"l" + struct.pack("<I", 1_000_001) + b"N" * 1_000_001)


def test_memory_stays_within_a_multiple_of_the_bytes_sent() -> None:
    payload = encode(np.zeros(1 << 20))
    tracemalloc.start()
    decode(payload)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * len(payload)


GRID = np.arange(12.0).reshape(3, 4)


SLY = type("Sly", (np.ndarray,), {"__eq__": lambda self, other: True, "tobytes": lambda self: b""})
LAYOUTS: dict[str, Callable[[], np.ndarray]] = {
    "a slice": lambda: GRID[:, ::2],
    "reversed": lambda: GRID[::-1],
    "transposed": lambda: GRID.T,
    "by columns": lambda: np.asfortranarray(GRID),
    "broadcast": lambda: np.broadcast_to(GRID[0], (3, 4)),
    "big-endian reals": lambda: GRID.astype(">f8"),
    "big-endian whole numbers": lambda: GRID.astype(">i4"),
    "long doubles": lambda: GRID.astype(np.longdouble),
    "16 bits": lambda: GRID.astype(np.uint16),
    "64 bits": lambda: GRID.astype(np.uint64),
    "masked": lambda: np.ma.masked_array(GRID, GRID > 100),
    "a subclass that lies": lambda: GRID.view(SLY),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_arrays_of_every_layout_and_subclass_keep_their_values_on_the_wire(layout: str) -> None:
    array = LAYOUTS[layout]()
    got = decode(encode(array))
    assert type(got) is np.ndarray
    assert got.dtype in DTYPES
    assert got.tolist() == np.asarray(array).tolist()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "int64", "uint8", "bool"])
def test_arrays_keep_their_dtype_on_the_wire(dtype: str) -> None:
    assert decode(encode(np.ones((2, 2), dtype))).dtype == dtype


def test_a_float32_scalar_stays_float32_on_the_wire() -> None:
    assert decode(encode(np.float32(0.1))).dtype == np.float32
    assert decode(encode(np.float16(0.1))).dtype == np.float16
    assert type(decode(encode(np.float64(0.1)))) is float
    assert type(decode(encode(np.longdouble("0.1")))) is float


def test_whole_numbers_above_63_bits_are_refused_never_wrapped() -> None:
    assert decode(encode(np.array([2**63 - 1], np.uint64))).tolist() == [2**63 - 1]
    for value in (np.array([2**63], np.uint64), np.uint64(2**63), 2**63, -(2**63) - 1):
        with pytest.raises(WireError, match="64 bits"):
            encode(value)


NO_FORM: dict[str, Callable[[], Any]] = {
    "an object": object,
    "a complex number": lambda: 1j,
    "numpy's complex number": lambda: np.complex128(1j),
    "complex numbers": lambda: np.array([1j]),
    "objects": lambda: np.array([object()]),
    "texts": lambda: np.array(["text"]),
    "records": lambda: np.array([("a", 1)], dtype=[("x", "U1"), ("y", int)]),
    "dates": lambda: np.array(["2027-01-01"], dtype="datetime64[D]"),
    "a set": lambda: {1, 2},
    "bytes": lambda: b"bytes",
    "a generator": lambda: iter(()),
    "nine dimensions": lambda: np.zeros((1,) * 9),
}


@pytest.mark.parametrize("kind", NO_FORM)
def test_values_that_the_wire_has_no_form_for_are_refused(kind: str) -> None:
    with pytest.raises(WireError):
        encode(NO_FORM[kind]())


def test_the_deepest_nesting_that_is_sent_can_be_read() -> None:
    value: Any = 1.0
    for _ in range(40):
        value = [value]
        try:
            payload = encode(value)
        except WireError:
            break
        assert decode(payload) == value
    else:
        pytest.fail("40 levels were sent")


def test_a_list_of_too_many_parts_is_refused_by_the_sender() -> None:
    with pytest.raises(WireError, match="too many parts"):
        encode([0] * 1_000_001)


def test_a_list_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(WireError, match="nested"):
        encode(loop)


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert decode(encode(["\ud800", {"\udfff": 1}])) == ["?", {"?": 1}]


def test_subclasses_of_plain_values_become_plain() -> None:
    class Text(str):
        pass

    class Row(list[int]):
        pass

    got = decode(encode([Text("a"), Row([1]), np.bool_(True), np.int8(3)]))
    assert [type(item) for item in got] == [str, list, bool, int]


def test_a_byte_in_a_boolean_array_that_is_neither_0_nor_1_becomes_true() -> None:
    got = decode(array_bytes(6, (3,), b"\0\x01\x02"))
    assert got.tolist() == [False, True, True]
    assert got.view(np.uint8).tolist() == [0, 1, 1]


def test_an_array_from_the_wire_is_writable() -> None:
    got = decode(encode(GRID))
    got += 1
    assert got[0, 0] == 1
