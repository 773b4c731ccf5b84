"""Stubs: each declaration as the student receives it, a signature and a contract in words with nothing behind it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from .signature import Class, Function, Target


def stub(target: Target) -> str:
    """Return the Python text of a function or class as the student receives it."""
    return "\n".join(_class(target) if isinstance(target, Class) else _function(target))


def _class(target: Class) -> Iterator[str]:
    yield f"class {target.name}:"
    attributes = [f"{name}: {spec.describe()}" for name, spec in target.attributes]
    yield from _indented(_quoted([*target.doc.splitlines(), *([""] if attributes else []), *attributes]))
    for method in target.methods:
        yield ""
        yield from _indented(_function(method, owner=target.name))


def _function(target: Function, owner: str = "") -> list[str]:
    text = f'    raise NotImplementedError("{owner + "." if owner else ""}{target.name}")  # your code here'
    return [f"def {target.name}({_signature(target, bool(owner))}):", *_indented(_docstring(target)), text]


def _signature(target: Function, method: bool) -> str:
    parts, starred = ["self"] if method else [], False
    for p in target.parameters:
        if p.keyword and not starred:
            parts.append("*")
            starred = True
        parts.append(p.name if p.default is inspect.Parameter.empty else f"{p.name}={p.default!r}")
    return ", ".join(parts)


def _docstring(target: Function) -> list[str]:
    arguments = [f"{p.name}: {p.spec.describe()}" for p in target.parameters if p.spec is not None]
    outputs = [f"{name}: {spec.describe()}" if name else spec.describe() for name, spec in target.outputs]
    returns = ["Returns a tuple of", *("    " + o for o in outputs)] if len(outputs) > 1 else []
    returns = returns or [f"Returns {o}" for o in outputs]
    facts = [*arguments, *returns]
    return _quoted([*target.doc.splitlines(), *([""] if facts and target.doc else []), *facts])


def _quoted(body: list[str]) -> list[str]:
    body = body or [""]
    return [f'"""{body[0]}"""'] if len(body) == 1 else [f'"""{body[0]}', *body[1:], '"""']


def _indented(lines: list[str] | Iterator[str]) -> list[str]:
    return [("    " + line).rstrip() for line in lines]
