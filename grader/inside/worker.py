"""The untrusted half: one process that runs one submission and answers plans with values.

It holds no test, no reference, no expected value, no score and no file of results: there is nothing in it to read or to
forge, and a lie is just a wrong answer. Runs inside the jail as part of the package `grader_inside`, which the BOOT of `process`
and `launch` makes: standard library, numpy and its siblings only. What it imports costs every submission time.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from . import absent, stand_ins, wire
from .cells import ParsedCell, Statement, parse
from .channel import receive
from .plan import Misfit, Missing, Plan, execute

if TYPE_CHECKING:
    from socket import socket  # what `main` is given; a browser, which loads this folder too, has none

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

MAX_REQUEST = 1 << 30
MAX_MESSAGE = 500  # characters of a student's exception that are reported
CO_COROUTINE = 0x80  # inspect.CO_COROUTINE, without the cost of importing inspect


def main(channel: socket, confine: Callable[[dict[str, Any]], None] | None = None) -> None:
    """Answer requests on `channel` until the grader closes it.

    The first request holds the limits, the names of the allowed imports, and the data sets. `confine` then gives up what a
    submission must not have: by default, resources beyond the limits.
    """
    incoming = requests(channel)
    nonce, settings = next(incoming, (b"", None))
    if settings is None:
        return
    try:
        (confine or set_limits)(settings)
    except OSError as error:
        reply(channel, nonce, {"refused": str(error)})
        return
    kernel = Kernel()
    stand_ins.install(settings["imports"], kernel.world, settings["data"])
    reply(channel, nonce, {"ready": True})
    for nonce, request in incoming:
        if request["do"] == "anew":  # for known mistakes only: a student's process is never used twice
            kernel = Kernel()
            stand_ins.furnish(kernel.world)
            reply(channel, nonce, {"ready": True})
        else:
            reply(channel, nonce, kernel.answer(request))


def requests(channel: socket) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Yield each request with its nonce until the grader closes the channel."""
    while True:
        try:
            yield receive(channel, MAX_REQUEST, code=True)
        except EOFError:
            return


def reply(channel: socket, nonce: bytes, answer: dict[str, Any]) -> None:
    """Send the answer to the request of that nonce."""
    channel.sendall(wire.frame(answer, nonce))


def set_limits(settings: dict[str, Any]) -> None:
    """Limit the resources of this process for good. A limit that the system lacks is left to the grader, which watches."""
    if resource is None:
        return
    limits = {
        resource.RLIMIT_AS: settings["memory"],
        resource.RLIMIT_CPU: settings["cpu"],
        resource.RLIMIT_FSIZE: settings["file"],
        resource.RLIMIT_NOFILE: settings["descriptors"],
        resource.RLIMIT_CORE: 0,
    }
    # The kernel ignores this limit for root. Otherwise it counts the user's threads on the whole machine, or in the user namespace:
    # with 30 processes of the same user elsewhere, a limit of 30 would leave no thread at all. So it is added to all there are.
    if others := count_threads():
        limits[resource.RLIMIT_NPROC] = others + settings["threads"]
    for kind, value in limits.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            continue


def count_threads() -> int:
    """Return the number of threads on the whole machine, 0 where the system does not tell."""
    try:
        with open("/proc/loadavg") as file:
            return int(file.read().split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return 0


class Kernel:
    """Runs the statements of cells, and plans, in one namespace, as a notebook's kernel does.

    `handles` are the values that outlive a plan. `calling` is the name that the last plan used last: where an exception came from.
    `functions` are the last values of names that could be called, with the cell that gave them; `graded` those of them that the
    notebook has given another value since.
    """

    def __init__(self) -> None:
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.world: dict[str, Any] = module.__dict__
        self.handles: dict[int, Any] = {}
        self.calling = ""
        self.number, self.cell, self.flags = 0, ParsedCell([], set(), set(), 0), 0
        self.failed: set[str] = set()  # names that a statement of this cell would have bound, had it not failed
        self.done: list[Statement] = []
        self.functions: dict[str, tuple[Any, int]] = {}
        self.values: dict[str, int] = {}  # names of functions that now are values, with the cell that made them so
        self.graded: dict[str, Any] = {}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the reply to one request. Never raises: an exception of the student's code is a reply, too."""
        try:
            if request["do"] == "cell":
                return self.open_cell(request["number"], request["code"])
            if request["do"] == "statement":
                return self.run_statement(**{key: value for key, value in request.items() if key != "do"})
            if request["do"] == "settle":
                return {"restored": self.settle(request["asked"])}
            if request["drop_handles"]:
                self.handles.clear()
            return {"ok": self.run_plan(Plan.from_wire(request["plan"]))}
        except Missing as lack:
            return {"missing": lack.name, "have": lack.have[:200]}
        except Misfit as misfit:
            return {"misfit": misfit.name, "sentence": misfit.sentence}
        except BaseException as error:  # SystemExit and KeyboardInterrupt are answers like any other
            return describe_exception(error) | {"calling": self.calling}

    def open_cell(self, number: int, code: str) -> dict[str, Any]:
        """Compile a cell, counted from 1, and return the line of each of its statements. Raises SyntaxError and its like."""
        self.number, self.failed = number, set()
        self.cell = parse(code, cell_name(number), self.flags)
        self.flags |= self.cell.flags
        file = cell_name(number)
        stand_ins.strict_lines |= {(file, line) for line in self.cell.strict_lines}
        absent.decorator_lines |= {(file, line) for line in self.cell.decorator_lines}
        if "random" in code:  # a generator can be seeded only after its module was imported
            import random  # noqa: F401

            import numpy.random  # noqa: F401
        seed(0)
        lines = [statement.line for statement in self.cell.statements]
        below_guard = next((i for i, s in enumerate(self.cell.statements) if s.main), len(lines))
        return {"lines": lines, "main": below_guard}

    def run_statement(self, index: int, stopped: bool, definitions: bool) -> dict[str, Any]:
        """Run a statement of the open cell. Raises whatever it raises; then the names that it would have bound have failed.

        `stopped`: it was seen to loop or to end the process. With `definitions`, run nothing but definitions. Once one has failed,
        skip bare expressions, and what reads a name that has failed.
        """
        statement = self.cell.statements[index]
        fails = bool(self.failed or stopped)
        if (
            stopped
            or (definitions and not statement.definition)
            or (fails and (statement.bare or statement.reads & self.failed))
        ):
            self.failed |= statement.binds | ({""} if stopped else set())
            return {"ran": False, "absent": []}
        try:
            if statement.code.co_flags & CO_COROUTINE:  # it awaits at top level, as Jupyter allows
                import asyncio

                asyncio.run(eval(statement.code, self.world))
            else:
                exec(statement.code, self.world)
        except BaseException:
            self.failed |= statement.binds | {""}  # "": something has failed, though it may bind nothing
            raise
        finally:
            self.remember(statement)
        self.failed -= statement.binds
        return {"ran": True, "absent": stand_ins.forget_absent()}

    def remember(self, statement: Statement) -> None:
        """Keep the functions among the names that a statement has bound, and the names that were functions before it."""
        self.done.append(statement)
        for name in statement.binds:
            if callable(value := self.world.get(name)) and not isinstance(value, absent.Absent):
                self.functions[name] = (value, self.number)
                self.values.pop(name, None)
            elif name in self.functions and name in self.world:
                self.values[name] = self.number

    def settle(self, asked: list[str]) -> list[list[Any]]:
        """Make the last function of an asked name what is graded, though the name was given another value since.

        A name that code reachable from an asked function calls becomes that function again; others keep the notebook's value.
        Return [name, cell that gave it the value, cell of the function] for each.
        """
        self.graded = {name: self.functions[name][0] for name in asked if name in self.values}
        reached, waiting, called = set(), [name for name in asked if name in self.functions], set[str]()
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                for statement in self.done:
                    if name in statement.binds and statement.definition:
                        called |= statement.calls
                        waiting += [used for used in statement.uses if used in self.functions]
        restored = [name for name in self.values if name in called]
        for name in restored:
            self.world[name] = self.functions[name][0]
        return [[name, self.values[name], self.functions[name][1]] for name in {*self.graded, *restored}]

    def run_plan(self, plan: Plan) -> list[Any]:
        """Return the encoded answers of a plan. Raises Missing, Misfit, and whatever the student's code raises."""
        seed(plan.seed)
        self.calling = ""
        try:
            world = {**self.world, **self.graded} if self.graded else self.world
            return execute(plan, world, self.handles, snapshot, on_call=self.now_calling)
        except wire.WireError as cannot:
            raise Misfit(self.calling, f"returned something else: {cannot}") from None

    def now_calling(self, name: str) -> None:
        """Remember the name that the plan uses now."""
        self.calling = name


def snapshot(value: Any) -> wire.Encoded:
    """Encode an answer now, before a later step can change it. Raises ModuleNotFoundError for one that a package would make."""
    if isinstance(value, absent.Absent):
        value._refuse()
    return wire.Encoded(wire.encode(value, inside=2))  # in the list of answers, in the reply


def seed(number: int) -> None:
    """Seed both global random generators, so that the same question gets the same answer."""
    if "random" in sys.modules:
        sys.modules["random"].seed(number)
    if "numpy.random" in sys.modules:
        np.random.seed(number)


def cell_name(number: int) -> str:
    """Return the file name under which a cell is compiled."""
    return f"<cell {number}>"


def describe_exception(error: BaseException) -> dict[str, Any]:
    """Return type, message, and the innermost place in the student's own cells (0 where there is none).

    Never raises, whatever the exception's `__str__` does.
    """
    cell, line = 0, 0
    if isinstance(error, SyntaxError) and str(error.filename).startswith("<cell "):
        cell, line = _cell_number(str(error.filename)), error.lineno or 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith("<cell "):
            cell, line = _cell_number(trace.tb_frame.f_code.co_filename), trace.tb_lineno
        trace = trace.tb_next
    try:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:
        message = "(its message cannot be shown)"
    return {"raised": type(error).__name__, "message": str(message)[:MAX_MESSAGE], "cell": cell, "line": line}


def _cell_number(name: str) -> int:
    digits = name[len("<cell ") : -1]
    return int(digits) if digits.isdigit() else 0
