"""Generate all mutants of a model solution: the same program with one slip in one statement, from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .edits import NO_EXPRESSION, of_expression, of_statement

DELETED = ""  # `now` of a deleted statement
DELETED_STATEMENT = "deleted statement"  # `kind` of it


@dataclass(frozen=True)
class Place:
    """A statement in the tree, the block that it is in and its number there; `names` are the variables it may use. `loop`: it is a
    `while`, or in one."""

    statement: ast.stmt
    block: list[ast.stmt]
    number: int
    function: str = ""
    names: tuple[str, ...] = ()
    loop: bool = False


@dataclass(frozen=True)
class Mutant:
    """A wrong (or, now and then, equivalent) program.

    `was` and `now` are the statement before and after, as `ast.unparse` writes it; of a compound statement only the head.
    `function` is the function around it ("Value.backward"), or "" at the top of the module. One in a `loop` without a count may
    never end.
    """

    kind: str
    function: str
    line: int
    was: str
    now: str
    source: str
    loop: bool = False

    @property
    def name(self) -> str:
        where = f"{self.function}, line {self.line}" if self.function else f"line {self.line}"
        return f"{where}: `{self.was}` → {f'`{self.now}`' if self.now else 'deleted'}"


def mutants(source: str) -> list[Mutant]:
    """Return every mutant once, in the order of the source, and never the solution itself.

    Raise SyntaxError where the source cannot be parsed.
    """
    return list(each_mutant(source))


def each_mutant(source: str) -> Iterator[Mutant]:
    """Yield what `mutants` returns, each made when it is asked for."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for place in list(_places(tree.body, "", ())):
        was = head(place.statement)
        for kind, now in _changes(place):
            code = ast.unparse(tree)
            if code not in seen and _compiles(code):
                seen.add(code)
                yield Mutant(kind, place.function, place.statement.lineno, was, now, code, place.loop)


def _compiles(code: str) -> bool:
    """Return False for code that Python does not accept, which some edits of a tree make."""
    try:
        compile(code, "mutant", "exec", dont_inherit=True)  # else with the __future__ imports of this very module
    except SyntaxError:
        return False
    return True


def head(statement: ast.stmt) -> str:
    """Return a statement's text; of a compound statement the first line alone ("for x in xs:")."""
    text = ast.unparse(statement)
    if not _blocks(statement):
        return text
    return next(line for line in text.splitlines() if line[0] != "@")  # decorators stand above a definition


def normalised(text: str) -> str:
    """Return a statement, or the head of one, as `head` writes it; return text that cannot be parsed as it is."""
    for whole in (text, f"{text} pass"):  # the head of a compound statement is Python only with a body
        try:
            [statement] = ast.parse(whole).body
        except (SyntaxError, ValueError):
            continue
        return head(statement)
    return text


def _blocks(statement: ast.AST) -> list[list[ast.stmt]]:
    """Return the lists of statements inside a compound statement; none for a simple one."""
    found = [getattr(statement, field, []) for field in ("body", "orelse", "finalbody")]
    found += [handler.body for handler in getattr(statement, "handlers", [])]
    found += [case.body for case in getattr(statement, "cases", [])]
    return [block for block in found if isinstance(block, list) and block]


def _places(block: list[ast.stmt], function: str, names: tuple[str, ...], loop: bool = False) -> Iterator[Place]:
    """Yield every statement of a block and of the blocks inside, each before those inside of it."""
    for number, statement in enumerate(block):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring or another constant computes nothing
        inside, own = function, names
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            inside = f"{function}.{statement.name}" if function else statement.name
        if isinstance(statement, ast.FunctionDef):
            own = _variables(statement)
        # The head of a definition is evaluated where it stands, among the variables of the function around it.
        endless = loop or isinstance(statement, ast.While)
        yield Place(statement, block, number, inside, names, endless)
        for inner in _blocks(statement):
            yield from _places(inner, inside, own, endless)


def _variables(function: ast.FunctionDef) -> tuple[str, ...]:
    """Return a function's parameters and the names that it assigns itself, in the order of their first mention."""
    arguments = [argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)]
    assigned = [name for statement in function.body for name in _assigned(statement)]
    return tuple(dict.fromkeys([*arguments, *assigned]))


def _assigned(node: ast.AST) -> Iterator[str]:
    """Yield the names assigned in a statement, but not in functions, classes and comprehensions inside: those are their own."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.comprehension):
        for child in ast.iter_child_nodes(node):
            yield from _assigned(child)


def _changes(place: Place) -> Iterator[tuple[str, str]]:
    """Change the tree at one statement in each way in turn.

    Yield (kind, the statement now) while the tree is changed, and restore it afterwards.
    """
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
    """Yield each expression of a statement with its place: (parent, field, index in the field's list or None, expression)."""
    for field, value in ast.iter_fields(node):
        # The parts of an f-string have to be strings and formatted values: no edit of an expression fits there.
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
