"""Packages that are not there: importing one is no error, using it is, with a sentence that names the import.

So a notebook that begins with `import pandas` keeps its numpy. Loaded in the jail: standard library only.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Set
from typing import Any, NoReturn

# Lines of the student's cells, as (file, line), on which a call is that of a decorator.
decorator_lines: Set[tuple[str, int]] = set()


class Absent:
    """Something of a package that is not there. It may be named, kept, imported from, and stand in an annotation.

    As a decorator it returns what it decorates, as a base class it is `object`, and any use raises ModuleNotFoundError.
    """

    def __init__(self, package: str, cell: int) -> None:
        self.__dict__.update(_package=package, _cell=cell)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        where = f" (imported in cell {self._cell})" if self._cell else ""
        raise ModuleNotFoundError(f"`{self._package}` is not there where work is graded{where}", name=self._package)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absent(self._package, self._cell)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        frame = sys._getframe(1)
        if (frame.f_code.co_filename, frame.f_lineno) not in decorator_lines:
            self._refuse()
        if len(args) == 1 and not kwargs and (isinstance(args[0], type) or callable(args[0])):
            return args[0]
        return lambda decorated: decorated  # @numba.jit(nopython=True): the call that makes the decorator

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def __instancecheck__(self, instance: Any) -> bool:
        return False

    __hash__ = object.__hash__


_ARITHMETIC = [
    "add",
    "sub",
    "mul",
    "matmul",
    "truediv",
    "floordiv",
    "mod",
    "divmod",
    "pow",
    "lshift",
    "rshift",
    "and",
    "xor",
    "or",
]
_OTHERS = [
    "neg",
    "pos",
    "abs",
    "invert",
    "round",
    "trunc",
    "floor",
    "ceil",
    "int",
    "float",
    "complex",
    "index",
    "bool",
    "len",
    "iter",
    "next",
    "reversed",
    "getitem",
    "setitem",
    "delitem",
    "contains",
    "enter",
    "exit",
    "aenter",
    "aexit",
    "await",
    "aiter",
    "anext",
    "lt",
    "le",
    "gt",
    "ge",
    "eq",
    "ne",
    "array",
    "buffer",
]
for _name in [*_ARITHMETIC, *(f"r{name}" for name in _ARITHMETIC), *(f"i{name}" for name in _ARITHMETIC), *_OTHERS]:
    setattr(Absent, f"__{_name}__", Absent._refuse)


class AbsentModule(types.ModuleType):
    """A module that is not there: whatever is imported from it is Absent."""

    __path__: list[str] = []  # noqa: RUF012 (as the import system wants it)
    __all__: tuple[str, ...] = ()  # `from utils import *` brings nothing
    cell = 0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absent(self.__name__.partition(".")[0], self.cell)


def importing_cell(strict: Set[tuple[str, int]]) -> int | None:
    """Return the number of the cell that imports, where it may go on without the package; None where the import must raise.

    It must raise for a package that imports another, and for a cell that provides for it: `strict` are such lines.
    """
    frame = sys._getframe(1)
    while frame is not None and _is_import_machinery(frame.f_code.co_filename):
        frame = frame.f_back  # type: ignore[assignment]
    if frame is None or not frame.f_code.co_filename.startswith("<cell "):
        return None
    file = frame.f_code.co_filename
    digits = file[len("<cell ") : -1]
    return int(digits) if (file, frame.f_lineno) not in strict and digits.isdigit() else None


def _is_import_machinery(file: str) -> bool:
    return file.startswith("<frozen importlib") or file == _OWN_FILE or file.endswith("stand_ins.py")


_OWN_FILE = (lambda: None).__code__.co_filename
