"""All mutants of a model solution: the same program with one slip in one statement, from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .edits import NO_EXPRESSION, of_expression, of_statement

DELETED = ""  # `now` of a statement that is gone


@dataclass(frozen=True)
class Place:
    """A statement, the block that it is in and its number there; its function, and that one's variables."""

    statement: ast.stmt
    block: list[ast.stmt]
    number: int
    function: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mutant:
    """A wrong (or, now and then, equivalent) program. `was` and `now` are the statement before and after, as `ast.unparse`
    writes it: of a compound statement its head. `function` is where it stands ("Value.backward"), "" outside of any.
    """

    kind: str
    function: str
    line: int
    was: str
    now: str
    source: str

    @property
    def name(self) -> str:
        where = f"{self.function}, line {self.line}" if self.function else f"line {self.line}"
        return f"{where}: `{self.was}` → {f'`{self.now}`' if self.now else 'deleted'}"


def mutants(source: str) -> list[Mutant]:
    """Every mutant once, in the order of the source; none is the solution. Raises SyntaxError where it is no Python."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    made = []
    for place in list(_places(tree.body, "", ())):
        was = head(place.statement)
        for kind, now in _changes(place):
            code = _runnable(ast.unparse(tree))
            if code and code not in seen:
                seen.add(code)
                made.append(Mutant(kind, place.function, place.statement.lineno, was, now, code))
    return made


def _runnable(code: str) -> str:
    """The code, or "" where it is none: an edit may make a form that Python does not have."""
    try:
        compile(code, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return ""
    return code


def head(statement: ast.stmt) -> str:
    """The statement as one text, without the statements in it."""
    text = ast.unparse(statement)
    return next(line for line in text.splitlines() if line[0] != "@") if _blocks(statement) else text


def normal(text: str) -> str:
    """A statement, or the head of one, as `head` writes it; what is no Python stays as it is."""
    for whole in (text, f"{text} pass"):
        try:
            [statement] = ast.parse(whole).body
        except (SyntaxError, ValueError):
            continue
        return head(statement)
    return text


def _blocks(statement: ast.AST) -> list[list[ast.stmt]]:
    """The lists of statements inside a compound statement."""
    found = [getattr(statement, field, []) for field in ("body", "orelse", "finalbody")]
    found += [handler.body for handler in getattr(statement, "handlers", [])]
    found += [case.body for case in getattr(statement, "cases", [])]
    return [block for block in found if isinstance(block, list) and block]


def _places(block: list[ast.stmt], function: str, names: tuple[str, ...]) -> Iterator[Place]:
    for number, statement in enumerate(block):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring, or the like
        inside, own = function, names
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            inside = f"{function}.{statement.name}" if function else statement.name
        if isinstance(statement, ast.FunctionDef):
            own = _variables(statement)
        yield Place(statement, block, number, inside, names)
        for inner in _blocks(statement):
            yield from _places(inner, inside, own)


def _variables(function: ast.FunctionDef) -> tuple[str, ...]:
    """The parameters of a function and the names that it assigns itself, in the order of their first mention."""
    arguments = [argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)]
    assigned = [name for statement in function.body for name in _assigned(statement)]
    return tuple(dict.fromkeys([*arguments, *assigned]))


def _assigned(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.comprehension):  # these have their own
        for child in ast.iter_child_nodes(node):
            yield from _assigned(child)


def _changes(place: Place) -> Iterator[tuple[str, str]]:
    """Change the tree in each way in turn: yields (kind, the statement now) while it is changed, and mends it after."""
    statement, block = place.statement, place.block
    for parent, field, index, node in list(_expressions(statement)):
        for kind, other in of_expression(node, parent, place.names):
            _put(parent, field, index, other)
            yield kind, head(statement)
            _put(parent, field, index, node)
    for kind, replacement in of_statement(statement):
        block[place.number] = replacement or ast.Pass()
        yield kind, head(replacement) if replacement else DELETED
        block[place.number] = statement


def _expressions(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.expr]]:
    """Where each expression of a statement hangs: (parent, field, index in the field's list, the expression)."""
    for field, value in ast.iter_fields(node):
        if field in NO_EXPRESSION or isinstance(node, ast.JoinedStr):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.expr):
                yield node, field, index, child
            if isinstance(child, ast.AST) and not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                yield from _expressions(child)


def _put(parent: ast.AST, field: str, index: int | None, node: Any) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node
