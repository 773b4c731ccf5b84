"""A cell as its statements: each is compiled alone, so that one that fails or loops costs what stands beside it nothing.

Runs inside the jail: standard library and siblings only. The syntax tree comes from the compiler itself (`_ast`): importing `ast`
would cost each process some milliseconds.
"""

from __future__ import annotations
import __future__

import _ast
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from types import CodeType
from typing import Any

ONLY_TREE = 0x400  # ast.PyCF_ONLY_AST
TOP_LEVEL_AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
# Annotations are not evaluated: `x: torch.Tensor` must not cost a function that computes with numpy alone.
ALWAYS = TOP_LEVEL_AWAIT | __future__.annotations.compiler_flag
IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
DEFINITIONS = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef, _ast.Import, _ast.ImportFrom)
OPERATORS = (_ast.UnaryOp, _ast.BinOp, _ast.operator, _ast.unaryop)
CONSTANT = (_ast.Constant, _ast.Tuple, _ast.List, _ast.Dict, _ast.expr_context, *OPERATORS)  # `10 ** -8`, `(1, 2)`
CONDITION = (_ast.Name, _ast.Attribute, _ast.Compare, _ast.cmpop, _ast.BoolOp, _ast.boolop, *CONSTANT)
FUNCTIONS = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.Lambda)


@dataclass(frozen=True)
class Statement:
    """One statement of a cell.

    `binds` are the names that it gives a value, `reads` those that it needs when it is run (not those that a function in it
    needs when it is called), `calls` those that functions in it call. `definition`: see `_is_definition`.
    `main`: it stands below `if __name__ == "__main__":`.
    """

    code: CodeType
    line: int
    binds: Set[str]
    reads: Set[str]
    uses: Set[str]
    calls: Set[str]
    definition: bool
    bare: bool
    main: bool


@dataclass(frozen=True)
class ParsedCell:
    """The statements of a cell, and the lines where a missing package must raise, or is a decorator."""

    statements: list[Statement]
    strict_lines: Set[int]
    decorator_lines: Set[int]
    flags: int


def parse(code: str, file: str, flags: int = 0) -> ParsedCell:
    """Return a cell's statements. `flags` are those of `from __future__` in earlier cells. Raises SyntaxError and its like."""
    tree: Any = compile(code, file, "exec", ONLY_TREE | ALWAYS | flags, dont_inherit=True)
    compile(
        tree, file, "exec", ALWAYS | flags, dont_inherit=True
    )  # what only the compiler refuses, such as a lone `return`
    flags |= sum(_future_flags(tree))
    listed = list(_listed(tree.body, False))
    return ParsedCell(
        [_statement(node, main, file, flags) for node, main in listed],
        {node.lineno for node in _strict_imports(tree, False)},
        {decorator.lineno for node in _walk(tree) for decorator in getattr(node, "decorator_list", ())},
        flags,
    )


def _listed(body: list[Any], main: bool) -> Iterator[tuple[Any, bool]]:
    """Yield the statements of a cell; those below `if __name__ == "__main__":` one by one, as if it were a cell of its own."""
    for node in body:
        if isinstance(node, _ast.If) and _is_main_guard(node.test) and not node.orelse:
            yield from _listed(node.body, True)
        else:
            yield node, main


def _is_main_guard(test: Any) -> bool:
    return (
        isinstance(test, _ast.Compare)
        and isinstance(test.left, _ast.Name)
        and test.left.id == "__name__"
        and len(test.ops) == 1
        and isinstance(test.ops[0], _ast.Eq)
        and isinstance(test.comparators[0], _ast.Constant)
        and test.comparators[0].value == "__main__"
    )


def _statement(node: Any, main: bool, file: str, flags: int) -> Statement:
    module = _ast.Module(body=[node], type_ignores=[])
    return Statement(
        compile(module, file, "exec", ALWAYS | flags, dont_inherit=True),
        node.lineno,
        frozenset(_bound(node)),
        frozenset(_read(node)),
        frozenset(n.id for n in _walk(node) if isinstance(n, _ast.Name)),
        frozenset(_called(node)),
        _is_definition(node),
        isinstance(node, _ast.Expr),
        main,
    )


def _is_definition(node: Any) -> bool:
    """Say whether a statement defines, imports, or gives a name to a constant, a lambda or another name.

    So does an `if` or `try` of nothing else; what an `except` does instead may be anything.
    """
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, (_ast.Assign, _ast.AnnAssign)):
            value = found.value
            if value is None or not (
                isinstance(value, (_ast.Lambda, _ast.Name, _ast.Attribute)) or _is_of(value, CONSTANT)
            ):
                return False
        elif isinstance(found, _ast.Try) or (isinstance(found, _ast.If) and _is_of(found.test, CONDITION)):
            waiting += [*found.body, *found.orelse, *getattr(found, "finalbody", ())]
        elif not (isinstance(found, DEFINITIONS) or (isinstance(found, _ast.Pass) and found is not node)):
            return False
    return True


def _is_of(node: Any, kinds: tuple[Any, ...]) -> bool:
    """Say whether an expression is made of such parts alone."""
    return all(isinstance(part, kinds) for part in _walk(node))


def _bound(node: Any) -> Iterator[str]:
    """Yield the names that a statement binds in the notebook's namespace; those inside a function are its own."""
    if isinstance(node, (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef)):
        yield node.name
        return
    if isinstance(node, (_ast.Import, _ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    if isinstance(node, _ast.Name) and isinstance(node.ctx, _ast.Store):
        yield node.id
    if not isinstance(node, _ast.Lambda):
        for child in _children(node):
            if not (isinstance(node, _ast.comprehension) and child is node.target):  # it has a scope of its own
                yield from _bound(child)


def _read(node: Any) -> set[str]:
    """Return the names that running a statement reads before it binds them itself, as a loop does its variable.

    Of a function only its decorators and defaults are run.
    """
    reads, bound, waiting = set[str](), set[str](), [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, _ast.Name) and isinstance(found.ctx, _ast.Store):
            bound.add(found.id)
        elif isinstance(found, _ast.Name) and found.id not in bound:
            reads.add(found.id)
        elif isinstance(found, (_ast.Import, _ast.ImportFrom)):
            bound.update(_bound(found))
        if isinstance(found, _ast.AugAssign) and isinstance(found.target, _ast.Name) and found.target.id not in bound:
            reads.add(found.target.id)
        waiting += reversed(_as_evaluated(found))
    return reads


def _called(node: Any) -> set[str]:
    """Return the names that a statement calls, without those that are variables of a function in it."""
    parts = list(_walk(node))
    called = {part.func.id for part in parts if isinstance(part, _ast.Call) and isinstance(part.func, _ast.Name)}
    own = {part.arg for part in parts if isinstance(part, _ast.arg)}
    if isinstance(node, (_ast.FunctionDef, _ast.AsyncFunctionDef)):
        own |= {part.id for part in parts if isinstance(part, _ast.Name) and isinstance(part.ctx, _ast.Store)}
        own -= {name for part in parts if isinstance(part, _ast.Global) for name in part.names}
    return called - own


def _as_evaluated(node: Any) -> list[Any]:
    """Return the parts of a node that are evaluated where it stands, in that order: values before what they are bound to."""
    if isinstance(node, FUNCTIONS):
        return [*getattr(node, "decorator_list", ()), *node.args.defaults, *filter(None, node.args.kw_defaults)]
    if isinstance(node, _ast.AnnAssign):
        return [*([node.value] if node.value else []), node.target]
    return list(_children(node, sorted(node._fields, key=lambda name: name not in ("value", "iter", "generators"))))


def _strict_imports(node: Any, caught: bool) -> Iterator[Any]:
    """Yield the imports for which a missing package is provided for: those inside a `try` that catches ImportError."""
    if isinstance(node, (_ast.Import, _ast.ImportFrom)) and caught:
        yield node
    if isinstance(node, _ast.Try):
        types = [handler.type for handler in node.handlers]
        names = {n.id for caught_type in types for n in _walk(caught_type) if isinstance(n, _ast.Name)}
        provided = caught or None in types or bool(IMPORT_ERRORS & names)
        for part, is_provided in ((node.body, provided), (node.handlers + node.orelse + node.finalbody, caught)):
            for child in part:
                yield from _strict_imports(child, is_provided)
        return
    for child in _children(node):
        yield from _strict_imports(child, caught)


def _future_flags(tree: Any) -> Iterator[int]:
    for node in tree.body:
        if isinstance(node, _ast.ImportFrom) and node.module == "__future__":
            names = {alias.name for alias in node.names} & set(__future__.all_feature_names)
            yield sum(getattr(__future__, name).compiler_flag for name in names)


def _walk(node: Any) -> Iterator[Any]:
    """Yield a node and all below it, without recursion: a student's expression may be nested deep."""
    waiting = [node] if node is not None else []
    while waiting:
        found = waiting.pop()
        yield found
        waiting += _children(found)


def _children(node: Any, fields: Sequence[str] | None = None) -> Iterator[Any]:
    """Yield the nodes in some fields of a node, by default in all."""
    for name in node._fields if fields is None else fields:
        value = getattr(node, name, None)
        if isinstance(value, _ast.AST):
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, _ast.AST))
