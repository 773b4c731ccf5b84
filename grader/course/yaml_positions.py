"""YAML read strictly, with the line and column of every key and value.

PyYAML composes the text into nodes; the values are made here, because its own are YAML 1.1, where `no` is False, `010`
is 8, `12:30:00` is 45000, `1e-5` is text, and the second of two equal keys silently wins. Here a plain scalar is null,
true or false, a decimal number, or text; keys are text. Aliases and tags are refused, so no bomb can be built.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

KeyPath = tuple[str | int, ...]
MAX_DEPTH = 16

_CONSTANTS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_CONSTANTS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+", re.ASCII)

_COLON = "Check the colon and the indentation of the line above; text that holds a colon goes in quotes"

# What PyYAML says, what a person needs to hear, and whether it is shown where the construct begins.
_EXPLANATIONS = (
    (r"character '\t'", "a tab stands here. Indent and separate with spaces", False),
    ("cannot start any token", "this character cannot begin a plain value. Put the value in quotes", False),
    ("mapping values are not allowed", "a colon is not expected here. " + _COLON, False),
    ("could not find expected ':'", "this key has no colon after it. Write `key: value`", True),
    ("expected <block end>", "this line does not fit the lines above it. Check its indentation", False),
    ("expected ',' or", "a bracket or a comma is missing. Check that the bracket opened here is closed", True),
    ("unexpected end of stream", "this quote is never closed. Close it", True),
    ("expected the node content", "a value is missing here, or a bracket is left over. Write the value", False),
    ("expected '<document start>'", "this does not continue what comes before it. Check quotes and indentation", False),
    ("found another document", "a second document begins here. Keep one, without `---` between", False),
)


class Mark(NamedTuple):
    """A place in the text; both numbers count from 1."""

    line: int
    column: int


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong, where in the text, and at which value."""

    mark: Mark
    path: KeyPath = field(compare=False)
    sentence: str = field(compare=False)


class Unreadable(Exception):
    """The text is no YAML that is read here; `problem` says where and why."""

    def __init__(self, mark: Mark, sentence: str) -> None:
        super().__init__(sentence)
        self.problem = Problem(mark, (), sentence)


@dataclass(frozen=True)
class Document:
    """Plain data, the marks of its values and keys, and the problems that did not stop the reading."""

    data: Any
    values: dict[KeyPath, Mark]
    keys: dict[KeyPath, Mark]
    problems: list[Problem]

    def value_mark(self, path: KeyPath) -> Mark:
        """Where the value at `path` begins, or the nearest thing around it that exists."""
        while path not in self.values:
            path = path[:-1]
        return self.values[path]

    def key_mark(self, path: KeyPath) -> Mark:
        """Where the key at the end of `path` stands."""
        return self.keys.get(path) or self.value_mark(path)


def read(text: str) -> Document:
    """Read one YAML document. Raises Unreadable at the first error of syntax; other problems are collected."""
    node = _compose(text)
    builder = _Builder()
    data = None if node is None else builder.build(node, ())
    return Document(data, builder.values, builder.keys, builder.problems)


def position(text: str, index: int) -> Mark:
    """The line and column of the character at `index`."""
    before = text[:index]
    return Mark(before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)


class _Loader(yaml.SafeLoader):
    """Composes nodes; refuses what a configuration file does not need, before it costs anything."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable(_mark(event), "aliases (`*name`) are not read here. Write the value out.")
        if getattr(event, "tag", None):
            raise Unreadable(_mark(event), "tags (`!name`) are not read here. Leave the tag out.")
        if isinstance(event, yaml.ScalarEvent) and _SURROGATE.search(event.value):
            raise Unreadable(_mark(event), "holds half of a character (`\\ud800` to `\\udfff`). Write the whole one.")
        if self.depth == MAX_DEPTH:
            raise Unreadable(_mark(event), f"more than {MAX_DEPTH} levels of nesting. Flatten it.")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _compose(text: str) -> yaml.Node | None:
    loader = None
    try:
        loader = _Loader(text)
        return loader.get_single_node()
    except yaml.reader.ReaderError as error:
        sentence = f"the character {chr(error.character)!a} is not allowed in YAML. Delete it."
        raise Unreadable(position(text, error.position), sentence) from None
    except yaml.MarkedYAMLError as error:
        raise _explained(error) from None
    except (ValueError, OverflowError):  # PyYAML lets these through for "\UFFFFFFFF" and for endless digits
        here = loader.get_mark() if loader else None
        raise Unreadable(_at(here), "this escape or number is out of range. Correct it.") from None


def _explained(error: yaml.MarkedYAMLError) -> Unreadable:
    problem = error.problem or "not YAML"
    for phrase, sentence, at_start in _EXPLANATIONS:
        if phrase in problem:
            mark = error.context_mark if at_start and error.context_mark else error.problem_mark
            return Unreadable(_at(mark), f"{sentence}.")
    return Unreadable(_at(error.problem_mark or error.context_mark), f"{problem}. Correct the YAML here.")


class _Builder:
    """Turns nodes into plain values, and keeps their marks and problems. The loader has bounded the depth."""

    def __init__(self) -> None:
        self.values: dict[KeyPath, Mark] = {(): Mark(1, 1)}
        self.keys: dict[KeyPath, Mark] = {}
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, path: KeyPath) -> Any:
        self.values[path] = _mark(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        plain = isinstance(node, yaml.ScalarNode) and node.style is None
        return self._plain(node, path) if plain else node.value

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            here = (*path, key.value) if isinstance(key, yaml.ScalarNode) else path
            if here == path:
                self._problem(key, path, "a key should be a word, not a list or a mapping.")
            elif here in self.keys:
                self._problem(key, here, f"is already given in line {self.keys[here].line}. Keep one of the two.")
            else:
                self.keys[here] = _mark(key)
                mapping[key.value] = self.build(value, here)
        return mapping

    def _plain(self, node: yaml.Node, path: KeyPath) -> Any:
        """What unquoted text means. A number that cannot be taken at its word is a problem, and stays text."""
        text = node.value
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if not _FLOAT.fullmatch(text):
            return text
        if _LEADING_ZERO.fullmatch(text):
            self._problem(
                node, path, "is octal to some readers of YAML. Leave the leading zero out, or quote the value."
            )
        elif math.isinf(float(text)):
            self._problem(node, path, "is too large for a number. Write a smaller one.")
        else:
            return int(text) if _INTEGER.fullmatch(text) else float(text)
        return text

    def _problem(self, node: yaml.Node, path: KeyPath, sentence: str) -> None:
        self.problems.append(Problem(_mark(node), path, sentence))


def _mark(thing: Any) -> Mark:
    return _at(thing.start_mark)


def _at(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
