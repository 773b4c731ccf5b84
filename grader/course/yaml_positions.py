"""YAML read strictly, with the line and column of every key and value.

PyYAML composes the text into nodes; the values are made here, because its own are YAML 1.1, where `no` is False, `010`
is 8, `12:30:00` is 45000, `1e-5` is text, and the second of two equal keys silently wins. Here a plain scalar is null,
true or false, a decimal number, or text; keys are text. Aliases and tags are refused, so no bomb can be built.
"""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

Mark = tuple[int, int]  # line and column, both counted from 1
KeyPath = tuple[str | int, ...]
Problem = tuple[Mark, KeyPath, str]  # where in the text, at which value, and what is wrong
MAX_DEPTH = 16

_CONSTANTS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_CONSTANTS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
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


class Document:
    """One YAML document: plain `data`, the marks of its `values` and `keys`, and its `problems`.

    A problem that stopped the reading has the path (); `data` is None then. `text` was decoded with `surrogateescape`.
    """

    def __init__(self, text: str) -> None:
        self.data: Any = None
        self.values: dict[KeyPath, Mark] = {(): (1, 1)}
        self.keys: dict[KeyPath, Mark] = {}
        self.problems: list[Problem] = []
        try:
            loader = _Loader(text)
            node = loader.get_single_node()
            self.data = None if node is None else self._value(node, ())
        except yaml.reader.ReaderError as error:
            before, character = text[: error.position], error.character
            sentence = f"the character {chr(character)!a} is not allowed in YAML. Delete it."
            if 0xDC80 <= character <= 0xDCFF:
                sentence = f"the byte 0x{character - 0xDC00:02x} is not UTF-8. Save the file as UTF-8."
            self.problems = [((before.count("\n") + 1, len(before) - before.rfind("\n")), (), sentence)]
        except yaml.MarkedYAMLError as error:
            self.problems = [_explained(error)]
        except (ValueError, OverflowError):  # PyYAML lets these through for "\UFFFFFFFF" and for endless digits
            self.problems = [(_at(loader.get_mark()), (), "this escape or number is out of range. Correct it.")]

    def _value(self, node: yaml.Node, path: KeyPath) -> Any:
        """Return the node as plain data. The loader has bounded the depth."""
        self.values[path] = _at(node.start_mark)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.style else self._plain(node.value, path)
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            mark, here = _at(key.start_mark), (*path, key.value)
            if not isinstance(key, yaml.ScalarNode):
                self.problems.append((mark, path, "a key should be a word, not a list or a mapping."))
            elif here in self.keys:
                sentence = f"is already given in line {self.keys[here][0]}. Keep one of the two."
                self.problems.append((mark, here, sentence))
            else:
                self.keys[here] = mark
                mapping[key.value] = self._value(value, here)
        return mapping

    def _plain(self, text: str, path: KeyPath) -> Any:
        """Return what unquoted text means. A number that cannot be taken at its word is a problem, and stays text."""
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if not _NUMBER.fullmatch(text):
            return text
        if re.fullmatch("[-+]?0[0-9]+", text):
            sentence = "is octal to some readers of YAML. Leave the leading zero out, or quote the value."
        elif math.isinf(float(text)):
            sentence = "is too large for a number. Write a smaller one."
        else:
            return float(text) if set(text) & set(".eE") else int(text)
        self.problems.append((self.values[path], path, sentence))
        return text


class _Loader(yaml.SafeLoader):
    """Composes nodes; refuses what a configuration file does not need, before it costs anything."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        for refused, sentence in (
            (isinstance(event, yaml.AliasEvent), "aliases (`*name`) are not read here. Write the value out."),
            (getattr(event, "tag", None), "tags (`!name`) are not read here. Leave the tag out."),
            (
                re.search("[\ud800-\udfff]", getattr(event, "value", "")),
                "holds half of a character (`\\ud800` to `\\udfff`). Write the whole one.",
            ),
            (self.depth == MAX_DEPTH, f"more than {MAX_DEPTH} levels of nesting. Flatten it."),
        ):
            if refused:
                raise yaml.MarkedYAMLError(problem_mark=event.start_mark, note=sentence)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _explained(error: yaml.MarkedYAMLError) -> Problem:
    """Return an error of PyYAML's in our words; an error of our loader has them in `note`."""
    if error.note:
        return _at(error.problem_mark), (), error.note
    for phrase, sentence, at_start in _EXPLANATIONS:
        if phrase in str(error.problem):
            return _at(error.context_mark if at_start else error.problem_mark), (), f"{sentence}."
    return _at(error.problem_mark), (), f"{error.problem}. Correct the YAML here."


def _at(mark: Any) -> Mark:
    return mark.line + 1, mark.column + 1
