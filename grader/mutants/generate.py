"""All mutants of a model solution: the same program with one slip in one statement, from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .edits import NO_EXPRESSION, of_expression, of_statement

DELETED = ""  # `now` of a statement that is gone
Scope = tuple[ast.stmt, list[ast.stmt], int, str]  # a statement, the block that it is in, its place there, its function


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
    for statement, block, place, function in list(_statements(tree.body, "")):
        was = head(statement)
        for kind, changed in _changes(statement, block, place):
            code = _runnable(ast.unparse(tree))
            if code and code not in seen:
                seen.add(code)
                made.append(Mutant(kind, function, statement.lineno, was, changed, code))
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


def _statements(block: list[ast.stmt], function: str) -> Iterator[Scope]:
    for place, statement in enumerate(block):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring, or the like
        inside = function
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            inside = f"{function}.{statement.name}" if function else statement.name
        yield statement, block, place, inside
        for inner in _blocks(statement):
            yield from _statements(inner, inside)


def _changes(statement: ast.stmt, block: list[ast.stmt], place: int) -> Iterator[tuple[str, str]]:
    """Change the tree in each way in turn: yields (kind, the statement now) while it is changed, and mends it after."""
    for parent, field, index, node in list(_expressions(statement)):
        for kind, other in of_expression(node, parent):
            _put(parent, field, index, other)
            yield kind, head(statement)
            _put(parent, field, index, node)
    for kind, replacement in of_statement(statement):
        block[place] = replacement or ast.Pass()
        yield kind, head(replacement) if replacement else DELETED
        block[place] = statement


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
