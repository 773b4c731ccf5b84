"""Reading a message of `wire` from a socket, on either side of the trust boundary.

Runs inside the jail: standard library, numpy and `wire` only.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from . import wire

if TYPE_CHECKING:
    from socket import socket  # a browser, which loads this folder too, has none


def receive(
    channel: socket,
    max_bytes: int,
    nonce: bytes | None = None,
    watch: Callable[[], None] = lambda: None,
    code: bool = False,
) -> tuple[bytes, Any]:
    """Read one frame and return its nonce and its value. With a `nonce`, accept no other; functions only with `code`.

    `watch` is called whenever a piece has arrived that does not complete the frame, and whenever the socket's timeout has passed
    without one; it may raise. Raises EOFError if the other end is gone, and WireError for a frame that is not one value, or has
    a payload of more than `max_bytes`.
    """
    header = _read_exactly(channel, wire.HEADER.size, watch)
    length = wire.read_header(header, nonce, max_bytes)
    _, sent, _ = wire.HEADER.unpack(header)
    return sent, wire.decode(_read_exactly(channel, length, watch), code)


def _read_exactly(channel: socket, size: int, watch: Callable[[], None]) -> bytearray:
    """Return the next `size` bytes. The caller has checked that there is memory for so many."""
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        with suppress(TimeoutError):
            count = channel.recv_into(view[got:])
            if count == 0:
                raise EOFError
            got += count
        if got < size:
            watch()
    return buffer
