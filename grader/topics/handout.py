"""Checking a topic's folder for what is missing or there twice, without asking anybody anything."""

from __future__ import annotations

import ast
import re

from .folder import Assignment

MARKER = re.compile(r"^\{(stub|check) ([\w-]+)\}[ \t]*$", re.MULTILINE)  # in handout.md, on a line of its own


def _defined(code: str) -> set[str]:
    """Return the names that a module gives; all of them where it is no Python, which is reported when it is run."""
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return set(re.findall(r"\w+", code))
    names = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return names | {
        n.id for node in body for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def check_folder(assignment: Assignment) -> list[str]:
    """Return the findings about a folder, one sentence each.

    The handout has to mention every function and every public row exactly once, the names of mistakes and variants have to be
    unique, each variant has to define something that is asked for, each mistake has to say something, the rows that it must lose
    have to exist, and each data set needs its NAME.md.
    """
    findings = []
    wanted = [("stub", f.name) for f in assignment.targets]
    wanted += [("check", row.id) for row in assignment.topic.rubric if not row.hidden]
    there = MARKER.findall(assignment.handout)
    for kind, name in wanted:
        if (count := there.count((kind, name))) != 1:
            findings.append(f"handout.md has {{{kind} {name}}} on a line of its own {count} times, not once")
    for kind, name in dict.fromkeys(there):
        if (kind, name) not in wanted:
            findings.append(f"handout.md has {{{kind} {name}}}, but the topic has no such function or public row")
    names = [change.name for change in [*assignment.mistakes, *assignment.variants]]
    findings += [f"two mistakes or variants are called {name!r}" for name in {n for n in names if names.count(n) > 1}]
    findings += [f"mistake {m.name!r} says nothing to the student" for m in assignment.mistakes if not m.say]
    known = {target.name for target in assignment.targets} | _defined(assignment.solution)
    findings += [
        f"variant {v.name!r} defines nothing that is asked for or that the solution defines: it is the solution once more"
        for v in assignment.variants
        if not known & _defined(v.code)
    ]
    rows = {row.id for row in assignment.topic.rubric}
    findings += [
        f"mistake {m.name!r} must lose {row!r}, but there is no such row"
        for m in assignment.mistakes
        for row in m.loses.split()
        if row not in rows
    ]
    lacking = [name for name in assignment.data if not (assignment.folder / "data" / f"{name}.md").is_file()]
    findings += [
        f"data/{name}.md is missing: say there what the data are, whose, and their licence" for name in lacking
    ]
    return findings
