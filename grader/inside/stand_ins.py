"""Stand-ins for what a notebook uses and the jail does not have: plotting, progress bars, IPython, `grader`, `input`.

A stand-in is used only where the real package cannot be imported. Any other missing package may be imported and not used (see
`absent`). Runs inside the jail: standard library and siblings only.
"""

from __future__ import annotations

import builtins
import importlib.machinery
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from . import absent

STAND_INS = ("matplotlib", "mpl_toolkits", "seaborn", "plotly", "IPython", "ipywidgets", "tqdm", "marimo", "grader")


def install(imports: Sequence[str], world: dict[str, Any], data: Mapping[str, Any]) -> None:
    """Put the stand-ins behind the real packages, and what Jupyter adds to a notebook's names into its namespace `world`.

    `imports` are the allowed packages, for a sentence. `data` are the arrays that `grader.dataset` gives.
    """
    sys.meta_path.append(Finder(imports, data))
    builtins.input = no_input
    furnish(world)


def furnish(world: dict[str, Any]) -> None:
    """Put what Jupyter adds to a notebook's names into a namespace."""
    world.update(display=nothing, get_ipython=lambda: nothing, exit=leave, quit=leave)


def no_input(prompt: object = "") -> NoReturn:
    """Stand in for `input`. Raises EOFError."""
    raise EOFError("input() has nobody to answer it while the notebook is graded")


def leave(code: object = None) -> NoReturn:
    """Stand in for `exit` and `quit`, which the module `site` would define."""
    raise SystemExit(code)


def dataset_of(data: Mapping[str, Any]) -> Callable[..., Any]:
    """Return the function `grader.dataset` for the arrays that came with the settings."""

    def dataset(name: str, beside: object = None) -> Any:
        if name not in data:
            raise FileNotFoundError(f"this topic has no data set {name!r} (it has: {', '.join(data) or 'none'})")
        array = data[name]
        # A copy, for the next call must not see what was done to it. It was narrowed for the wire.
        return array.astype("float64" if array.dtype.kind == "f" else "int64")

    return dataset


class Nothing:
    """A figure that nobody sees: it takes every call, attribute and index, and computes, compares, formats and unpacks."""

    def __call__(self, *args: Any, **kwargs: Any) -> Nothing:
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # else copy or pickle would take it for something that it is not
            raise AttributeError(name)
        return subplots if name == "subplots" else self

    def __getitem__(self, key: Any) -> Nothing:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter((self,) * _wanted(sys._getframe(1)))

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __format__(self, form: str) -> str:
        return ""

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return _numpy().zeros(())

    def __bool__(self) -> bool:
        return False

    __hash__ = object.__hash__


def _constant(value: Any) -> Callable[..., Any]:
    return lambda self, *args: value


def _itself(self: Nothing, *args: Any) -> Nothing:
    return self


for _name in [
    "add",
    "sub",
    "mul",
    "matmul",
    "truediv",
    "floordiv",
    "mod",
    "divmod",
    "pow",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
]:
    for _side in ("", "r", "i"):
        setattr(Nothing, f"__{_side}{_name}__", _itself)
for _name in ["neg", "pos", "abs", "invert", "round"]:
    setattr(Nothing, f"__{_name}__", _itself)
for _name, _value in {
    "len": 1,
    "int": 0,
    "float": 0.0,
    "index": 0,
    "contains": False,
    "lt": False,
    "gt": False,
}.items():
    setattr(Nothing, f"__{_name}__", _constant(_value))


def _wanted(frame: types.FrameType) -> int:
    """Return how many values the code of a frame unpacks now: as many as there are names in `xmin, xmax = plt.xlim()`, else 1."""
    import opcode

    code, at = frame.f_code.co_code, frame.f_lasti
    return code[at + 1] if 0 <= at < len(code) and code[at] == opcode.opmap["UNPACK_SEQUENCE"] else 1


class Bar(Nothing):
    """A progress bar that nobody sees: it passes on its items, and counts them."""

    def __init__(self, iterable: Any = (), *args: Any, **kwargs: Any) -> None:
        self.items = () if iterable is None else iterable
        self.n, self.total = 0, kwargs.get("total") or (len(self.items) if hasattr(self.items, "__len__") else None)

    def __iter__(self) -> Iterator[Any]:
        for item in self.items:
            yield item
            self.n += 1

    def __len__(self) -> int:
        return len(self.items)

    def update(self, n: int = 1) -> None:
        self.n += n

    @staticmethod
    def write(*args: Any, **kwargs: Any) -> None:
        return None


nothing = Nothing()


def _numpy() -> Any:
    import numpy as np  # where a plot is asked for, numpy is loaded

    return np


def subplots(nrows: int = 1, ncols: int = 1, *args: Any, squeeze: bool = True, **kwargs: Any) -> tuple[Nothing, Any]:
    """Return a figure and its axes as matplotlib does: one, or an array of them, of one axis for a single row or column."""
    if squeeze and nrows == ncols == 1:
        return nothing, nothing
    shape = (max(nrows, ncols),) if squeeze and 1 in (nrows, ncols) else (nrows, ncols)
    return nothing, _numpy().frompyfunc(lambda zero: nothing, 1, 1)(_numpy().zeros(shape))


class _Module(types.ModuleType):
    """A module in which every name is `nothing`, except those of progress bars and of its version."""

    __path__ = []  # noqa: RUF012 (as the import system wants it)
    __all__: tuple[str, ...] = ()  # `from pylab import *` brings nothing
    __version__ = "0"
    tqdm = Bar
    trange = staticmethod(lambda *args, **kwargs: Bar(range(*args)))

    def __getattr__(self, name: str) -> Any:
        return getattr(nothing, name)


strict_lines: set[tuple[str, int]] = set()  # of cells, (file, line): an import that is provided for where it fails
_imported: list[str] = []  # packages that are not there, imported since `forget_absent`


def forget_absent() -> list[str]:
    """Return the packages that were imported since the last call and are not there.

    Their modules go, so that an import that is provided for (`except ImportError`) is asked anew.
    """
    found = list(dict.fromkeys(_imported))
    _imported.clear()
    for name in [name for name, module in sys.modules.items() if isinstance(module, absent.AbsentModule)]:
        del sys.modules[name]
    return found


class Finder:
    """The last finder on `sys.meta_path`: it finds the stand-ins, and lets a cell import a package that is not there.

    What a package imports, and what a cell provides for by `except ImportError`, is refused with a sentence.
    """

    def __init__(self, imports: Sequence[str], data: Mapping[str, Any]) -> None:
        self.imports, self.dataset = tuple(imports), dataset_of(data)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        top = fullname.partition(".")[0]
        if top in STAND_INS:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)  # type: ignore[arg-type]
        real = top in sys.stdlib_module_names or not isinstance(
            sys.modules.get(top, absent.AbsentModule("")), absent.AbsentModule
        )
        if not real and (cell := absent.importing_cell(strict_lines)) is not None:
            _imported.append(top)
            return importlib.machinery.ModuleSpec(fullname, AbsentLoader(cell), is_package=True)  # type: ignore[arg-type]
        if top == fullname and top not in sys.stdlib_module_names:
            allowed = ", ".join(self.imports)
            raise ModuleNotFoundError(f"`{top}` cannot be imported in this course (allowed: {allowed})", name=top)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        if module.__name__ == "grader":
            module.dataset = self.dataset  # type: ignore[attr-defined]


class AbsentLoader:
    """Makes the module of a package that is not there."""

    def __init__(self, cell: int) -> None:
        self.cell = cell

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return absent.AbsentModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        module.__dict__["cell"] = self.cell
