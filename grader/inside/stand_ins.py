"""What a notebook expects around it and the jail does not have: plots that draw nothing, bars that show nothing, `grader`.

A stand-in is used only where the real package cannot be imported. Any other package that is not there is refused with a
sentence that says what may be imported. Loaded in the jail: standard library only.
"""

from __future__ import annotations

import importlib.machinery
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

STAND_INS = ("matplotlib", "mpl_toolkits", "seaborn", "plotly", "IPython", "ipywidgets", "tqdm", "grader")


def install(imports: Sequence[str], world: dict[str, Any], data: Mapping[str, Any]) -> None:
    """Put the stand-ins behind the real packages, and a notebook's own built-ins into its namespace."""
    sys.meta_path.append(Finder(imports, data))
    furnish(world)


def furnish(world: dict[str, Any]) -> None:
    """Put a notebook's own built-ins into a namespace."""
    world.update(display=nothing, get_ipython=lambda: nothing, exit=leave, quit=leave)


def leave(code: object = None) -> NoReturn:
    raise SystemExit(code)


def dataset_of(data: Mapping[str, Any]) -> Callable[..., Any]:
    """`grader.dataset` for the arrays that came with the settings: as outside, a new array at each call."""

    def dataset(name: str, beside: object = None) -> Any:
        if name not in data:
            raise FileNotFoundError(f"this topic has no data set {name!r} (it has: {', '.join(data) or 'none'})")
        array = data[name]
        return array.astype("float64" if array.dtype.kind == "f" else "int64")

    return dataset


class Nothing:
    """Takes every call, attribute and index, and is nothing: a figure that nobody sees."""

    def __call__(self, *args: Any, **kwargs: Any) -> Nothing:
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
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
    """Nothing, but for what it is made of: axes that are unpacked, or the items behind a progress bar."""

    def __init__(self, iterable: Any = (), *args: Any, **kwargs: Any) -> None:
        self.parts = () if iterable is None else iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    @property
    def flat(self) -> Parts:
        return Parts([leaf for part in self for leaf in (part if isinstance(part, Parts) else (part,))])

    def ravel(self, *args: Any) -> Parts:
        return self.flat

    flatten = ravel

    @staticmethod
    def write(*args: Any, **kwargs: Any) -> None:
        return None


nothing = Nothing()


def _subplots(nrows: int = 1, ncols: int = 1, *args: Any, **kwargs: Any) -> tuple[Nothing, Nothing]:
    """A figure and its axes: one, a row or column of them, or a grid."""
    if 1 in (nrows, ncols):
        return nothing, nothing if nrows == ncols else Parts((nothing,) * (nrows * ncols))
    return nothing, Parts([Parts((nothing,) * ncols) for _ in range(nrows)])


def _several(count: int) -> Any:
    return lambda *args, **kwargs: Parts((nothing,) * count)


# Calls whose results are unpacked: `fig, ax = plt.subplots()`, `counts, bins, bars = plt.hist(x)`, `line, = plt.plot(x)`.
_UNPACKED: dict[str, Any] = {"subplots": _subplots, "hist": _several(3), "plot": _several(1)}


def _range_bar(*args: int, **kwargs: Any) -> Parts:
    return Parts(range(*args))


class _Module(types.ModuleType):
    """A module all of whose names are nothing, but for progress bars, which pass on what they are given."""

    __path__ = []  # noqa: RUF012 (as the import system wants it)
    __all__: tuple[str, ...] = ()  # `from pylab import *` brings nothing
    tqdm = Parts
    trange = staticmethod(_range_bar)

    def __getattr__(self, name: str) -> Any:
        return getattr(nothing, name)


class Finder:
    """The last finder asked: stands in for what draws, and refuses the rest with a sentence."""

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
