"""Stand-ins for what a notebook uses and the jail does not have: plotting, progress bars, IPython, `grader`, `input`.

A stand-in is used only where the real package cannot be imported. The import of any other missing package fails with a
sentence that says what may be imported. Runs inside the jail: standard library only.
"""

from __future__ import annotations

import builtins
import importlib.machinery
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

STAND_INS = ("matplotlib", "mpl_toolkits", "seaborn", "plotly", "IPython", "ipywidgets", "tqdm", "grader")


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
    """A figure that nobody sees: any call, attribute or index of it gives another one."""

    def __call__(self, *args: Any, **kwargs: Any) -> Nothing:
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # else copy, pickle or numpy would take it for something that it is not
            raise AttributeError(name)
        return _UNPACKED.get(name, self)

    def __getitem__(self, key: Any) -> Nothing:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __or__(self, other: Any) -> Nothing:  # as in `ax: plt.Axes | None`
        return self

    __ror__ = __or__


class Parts(Nothing):
    """Nothing with parts: axes that are unpacked, or a progress bar, which passes on its items."""

    def __init__(self, iterable: Any = (), *args: Any, **kwargs: Any) -> None:
        self.parts = () if iterable is None else iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    @property
    def flat(self) -> Parts:
        """Return the axes of a grid in one row."""
        return Parts([leaf for part in self for leaf in (part if isinstance(part, Parts) else (part,))])

    def ravel(self, *args: Any) -> Parts:
        return self.flat

    flatten = ravel

    @staticmethod
    def write(*args: Any, **kwargs: Any) -> None:
        return None


nothing = Nothing()


def _subplots(nrows: int = 1, ncols: int = 1, *args: Any, **kwargs: Any) -> tuple[Nothing, Nothing]:
    """Return a figure and its axes: one, a row or column of them, or a grid."""
    if 1 in (nrows, ncols):
        return nothing, nothing if nrows == ncols else Parts((nothing,) * (nrows * ncols))
    return nothing, Parts([Parts((nothing,) * ncols) for _ in range(nrows)])


# Calls whose results are unpacked: `fig, ax = plt.subplots()`, `counts, bins, bars = plt.hist(x)`, `line, = plt.plot(x)`.
_UNPACKED: dict[str, Any] = {
    "subplots": _subplots,
    "hist": lambda *args, **kwargs: Parts((nothing,) * 3),
    "plot": lambda *args, **kwargs: Parts((nothing,)),
}


class _Module(types.ModuleType):
    """A module in which every name is `nothing`, except those of progress bars."""

    __path__ = []  # noqa: RUF012 (as the import system wants it)
    __all__: tuple[str, ...] = ()  # `from pylab import *` brings nothing
    tqdm = Parts
    trange = staticmethod(lambda *args, **kwargs: Parts(range(*args)))

    def __getattr__(self, name: str) -> Any:
        return getattr(nothing, name)


class Finder:
    """The last finder on `sys.meta_path`. It finds the stand-ins and refuses every other package with a sentence."""

    def __init__(self, imports: Sequence[str], data: Mapping[str, Any]) -> None:
        self.imports, self.dataset = tuple(imports), dataset_of(data)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        top = fullname.partition(".")[0]
        if top in STAND_INS:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)  # type: ignore[arg-type]
        if top == fullname and top not in sys.stdlib_module_names:
            allowed = ", ".join(self.imports)
            raise ModuleNotFoundError(f"`{top}` cannot be imported in this course (allowed: {allowed})", name=top)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        if module.__name__ == "grader":
            module.dataset = self.dataset  # type: ignore[attr-defined]
