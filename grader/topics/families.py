"""Mistakes that any function can have, made from its declaration; and a known mistake in one function alone.

An author need not list them: `judging.known` puts them to the rows beside the declared ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .changes import Mistake
from .targets import Function, Target


def families(targets: Sequence[Target]) -> Iterator[Mistake]:
    """Yield the mistakes of every function: a hyper-parameter fixed at its default, the first two arguments in the other order, an
    answer in float32, the sign turned round."""
    for target in targets:
        if isinstance(target, Function):
            yield from _fixed(target)
            yield from _other_order(target)
            if any(spec.kind == "real" for _, spec in target.outputs):
                yield _through(
                    target, "float32", "_single", "It answers in float32: keep the precision of the arguments."
                )
            if len(target.outputs) == 1 and target.outputs[0][1].kind == "real":
                yield _through(target, "the sign turned round", "_negative", "Every number has the wrong sign.")


_HELPERS = """\
def _single(value):
    import numpy as np
    if isinstance(value, (tuple, list)):
        return type(value)(_single(item) for item in value)
    if isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        return np.asarray(value).astype(np.float32)
    return value

def _negative(value):
    return -value
"""


def _fixed(target: Function) -> Iterator[Mistake]:
    for name, default in target.defaults.items():
        code = (
            f"_plain = {target.name}\n\n"
            f"def {target.name}(*args, _plain=_plain, **hyper):\n"
            f"    hyper.pop({name!r}, None)\n"
            f"    return _plain(*args, **hyper)\n"
        )
        say = f"`{target.name}` takes no notice of `{name}`: whatever is passed, it works as with {default!r}."
        yield Mistake(f"{target.name}: {name} fixed", code=code, say=say)


def _other_order(target: Function) -> Iterator[Mistake]:
    placed = [p.name for p in target.parameters if not p.keyword]
    if len(placed) >= 2:
        code = (
            f"_plain = {target.name}\n\n"
            f"def {target.name}(first, second, *args, _plain=_plain, **hyper):\n"
            f"    return _plain(second, first, *args, **hyper)\n"
        )
        one, other = placed[:2]
        say = f"You take the arguments in another order: the call is {target.name}({one}, {other}{', …' if placed[2:] else ''})."
        yield Mistake(f"{target.name}: {other} before {one}", code=code, say=say)


def _through(target: Function, what: str, helper: str, say: str) -> Mistake:
    """Return the mistake of a function whose answer goes through a helper."""
    code = (
        f"{_HELPERS}\n_plain = {target.name}\n\n"
        f"def {target.name}(*args, _plain=_plain, **hyper):\n"
        f"    return {helper}(_plain(*args, **hyper))\n"
    )
    return Mistake(f"{target.name}: {what}", code=code, say=say)


def in_one_function(solution: str, changed: str, name: str) -> str:
    """Return the solution with the function or class `name` as the changed program has it, and all else as it was.

    What a model solution shares between functions, others write twice.
    """
    return f"{solution}\n\n_changed = {{'__name__': 'changed'}}\nexec({changed!r}, _changed)\n{name} = _changed[{name!r}]\n"
