"""The untrusted half: one process runs one submission and answers plans with values.

It holds no test, no reference, no expected value, no score and no file of results: there is nothing in it to read or to
forge, and a lie is just a wrong answer. Loaded in the jail as part of `grader_inside` (see BOOT in `jail`): imports the
standard library, numpy and its two siblings only.
"""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import stand_ins, wire
from .plan import Misfit, Missing, Plan, execute

if TYPE_CHECKING:
    from socket import socket  # what `main` is given; a browser, which loads this folder too, has none

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

MAX_REQUEST = 1 << 30
MAX_MESSAGE = 500  # characters of a student's exception that are reported
TOP_LEVEL_AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, without the cost of importing ast
CO_COROUTINE = 0x80


def main(channel: socket, confine: Callable[[dict[str, Any]], None] | None = None) -> None:
    """Answer requests on `channel` until it closes. The first holds the limits, the names of allowed imports, and data sets.

    `confine` gives up what a submission must not have; by default, resources beyond the limits.
    """
    nonce, settings = receive(channel)
    if settings is None:
        return
    try:
        (confine or set_limits)(settings)
    except OSError as error:
        reply(channel, nonce, {"refused": str(error)})
        return
    builtins.input = _no_input
    submission = Submission()
    stand_ins.install(settings["imports"], submission.world, settings["data"])
    reply(channel, nonce, {"ready": True})
    while True:
        nonce, request = receive(channel)
        if request is None:
            return
        if request["do"] == "anew":  # for known mistakes only: a student's process is never used twice
            submission = Submission()
            stand_ins.furnish(submission.world)
            reply(channel, nonce, {"ready": True})
            continue
        reply(channel, nonce, submission.answer(request))


def set_limits(settings: dict[str, Any]) -> None:
    """Resource limits, from here on and for good. A limit that the system lacks is left to the grader's own watch."""
    if resource is None:
        return
    limits = {
        resource.RLIMIT_AS: settings["memory"],
        resource.RLIMIT_CPU: settings["cpu"],
        resource.RLIMIT_FSIZE: settings["file"],
        resource.RLIMIT_NOFILE: settings["descriptors"],
        resource.RLIMIT_CORE: 0,
    }
    if others := tasks():
        limits[resource.RLIMIT_NPROC] = others + settings["threads"]
    for kind, value in limits.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            continue


def tasks() -> int:
    """Threads on the whole machine, 0 where it does not tell. The kernel counts those of one user: they are not more."""
    try:
        with open("/proc/loadavg") as file:
            return int(file.read().split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return 0


class Submission:
    """The student's namespace, as a notebook's kernel would have it."""

    def __init__(self) -> None:
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.world: dict[str, Any] = module.__dict__
        self.handles: dict[int, Any] = {}
        self.doing = ""  # the function that was last asked

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to one request; what the student's code raises is a reply too."""
        try:
            if request["do"] == "cell":
                self.run_cell(request["number"], request["code"])
                return {"ok": []}
            if request["drop_handles"]:
                self.handles.clear()
            plan = Plan.from_wire(request["plan"])
            try:
                return {"ok": self.run_plan(plan)}
            finally:
                self.doing = plan.doing
        except Missing as lack:
            return {"missing": lack.name, "have": lack.have[:200]}
        except Misfit as misfit:
            return {"misfit": misfit.name, "sentence": misfit.sentence}
        except BaseException as error:  # SystemExit and KeyboardInterrupt are answers like any other
            return describe_exception(error) | {"calling": self.doing}

    def run_cell(self, number: int, code: str) -> None:
        if "random" in code:  # both are loaded before their first use, so that they are seeded
            import random  # noqa: F401

            import numpy.random  # noqa: F401
        compiled = compile(code, cell_name(number), "exec", TOP_LEVEL_AWAIT, dont_inherit=True)
        seed(0)
        if compiled.co_flags & CO_COROUTINE:  # the cell awaits at top level
            import asyncio

            asyncio.run(eval(compiled, self.world))
        else:
            exec(compiled, self.world)

    def run_plan(self, plan: Plan) -> list[Any]:
        seed(plan.seed)
        try:
            return execute(plan, self.world, self.handles, lambda value: wire.Encoded(wire.encode(value, inside=2)))
        except wire.WireError as cannot:
            raise Misfit(plan.doing, f"returned something else: {cannot}") from None


def seed(number: int) -> None:
    """Both global generators start alike for every question, so that the same question gets the same answer."""
    if "random" in sys.modules:
        sys.modules["random"].seed(number)
    if "numpy.random" in sys.modules:
        np.random.seed(number)


def cell_name(number: int) -> str:
    return f"<cell {number}>"


def describe_exception(error: BaseException) -> dict[str, Any]:
    """Type, message, and the innermost place in the student's own cells. Never raises, whatever the exception's `__str__`."""
    cell, line = 0, 0
    if isinstance(error, SyntaxError) and str(error.filename).startswith("<cell "):
        cell, line = _cell_number(str(error.filename)), error.lineno or 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith("<cell "):
            cell, line = _cell_number(trace.tb_frame.f_code.co_filename), trace.tb_lineno
        trace = trace.tb_next
    message = error.msg if isinstance(error, SyntaxError) else _safe(lambda: str(error))
    return {"raised": type(error).__name__, "message": str(message)[:MAX_MESSAGE], "cell": cell, "line": line}


def _cell_number(name: str) -> int:
    digits = name[len("<cell ") : -1]
    return int(digits) if digits.isdigit() else 0


def _safe(text: Callable[[], str]) -> str:
    try:
        return text()
    except BaseException:
        return "(its message cannot be shown)"


def receive(channel: socket) -> tuple[bytes, dict[str, Any] | None]:
    """The next request with its nonce, or None when the grader hangs up."""
    header = _exactly(channel, wire.HEADER.size)
    if header is None:
        return b"", None
    body = _exactly(channel, wire.read_header(header, None, MAX_REQUEST))
    return bytes(header[4 : 4 + wire.NONCE_BYTES]), None if body is None else wire.decode(body)


def _exactly(channel: socket, size: int) -> bytearray | None:
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        count = channel.recv_into(view[got:])
        if count == 0:
            return None
        got += count
    return buffer


def reply(channel: socket, nonce: bytes, answer: dict[str, Any]) -> None:
    channel.sendall(wire.frame(answer, nonce))


def _no_input(prompt: object = "") -> str:
    raise EOFError("input() has nobody to answer it while the notebook is graded")
