"""Print the figures of the house: how the code of `grader/` is cut and told, beside what it was before.

    python scripts/house.py [PACKAGE] [--format text|json]

They are a mirror and not limits: a figure that is reached by padding is a defect. Everything is read from the source with
`ast` and `tokenize`; nothing of the package is imported.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import statistics
import tokenize
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

# What a review of the whole code counted before the folders were cut by idea. It drew the imports by other rules, so "rooms"
# and "arrows", like the figures that it does not name, were measured by this script at the same commit.
BEFORE: dict[str, Any] = {
    "commit": "8317ee9",
    "lines": 13517,
    "modules": 111,
    "modules_at_top": 39,
    "module_lines_median": 111,
    "functions_per_1000_lines": 78,
    "function_lines_median": 6,
    "private_functions": 435,
    "private_used_once": 280,
    "private_used_once_short": 88,
    "comment_lines_percent": 0.3,
    "docstrings": 769,
    "docstrings_noun_clause": 123,
    "docstrings_noun_clause_percent": 16,
    "rooms": 46,
    "arrows": 192,
    "repeated_names": 12,
}

LABELS = {
    "lines": "lines",
    "modules": "modules",
    "modules_at_top": "modules at the top (8 at most)",
    "module_lines_median": "lines of a module, median",
    "functions_per_1000_lines": "functions per 1,000 lines",
    "function_lines_median": "lines of a function, median",
    "private_functions": "private functions",
    "private_used_once": "private functions used once",
    "private_used_once_short": "of these, with 5 lines or fewer",
    "comment_lines_percent": "lines that are comments, in %",
    "docstrings": "docstrings",
    "docstrings_noun_clause": "of these, opening with What, Whether, Where, Which, How",
    "docstrings_noun_clause_percent": "the same in %",
    "rooms": "folders, and modules at the top",
    "arrows": "arrows between them (imports)",
    "repeated_names": "top-level names of three or more modules",
}

SHORT = 5  # lines of a function that may as well stand where it is called
LONG_MODULE, LONG_FUNCTION = 300, 40  # lines, as CONTRIBUTING.md asks
MOST = 5  # entries of each list
NOUN_CLAUSE = re.compile(r"(What|Whether|Where|Which|How)\s")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of the package, read and parsed. `name` is its path below the package ("checks/trial.py")."""

    path: Path
    name: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def lines(self) -> int:
        return len(self.source.splitlines())

    @cached_property
    def functions(self) -> list[Function]:
        """Every function and method, nested ones as well."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @cached_property
    def room(self) -> str:
        """The folder below the package, of a module at its top the module itself."""
        folder, _, file = self.name.rpartition("/")
        return folder or file.removesuffix(".py")

    def comment_lines(self) -> int:
        """Count the lines that hold a comment and nothing else."""
        with tokenize.open(self.path) as file:
            found = [t for t in tokenize.generate_tokens(file.readline) if t.type == tokenize.COMMENT]
        return sum(t.line.lstrip().startswith("#") for t in found)

    def docstrings(self) -> list[str]:
        documented = (node for node in ast.walk(self.tree) if isinstance(node, ast.Module | ast.ClassDef | Function))
        return [text for node in documented if (text := ast.get_docstring(node))]

    def top_level_names(self) -> set[str]:
        """The functions, classes and variables that the module defines outside of any other, dunders left out."""
        found: set[str] = set()
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef | Function):
                found.add(node.name)
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
        return {name for name in found if not is_dunder(name)}

    def private_used_once(self) -> list[Function]:
        """The private functions that this module mentions in exactly one place besides their definition."""
        mentions = Counter(node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name))
        mentions += Counter(node.attr for node in ast.walk(self.tree) if isinstance(node, ast.Attribute))
        return [f for f in self.functions if is_private(f) and mentions[f.name] == 1]


def is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def is_private(function: Function) -> bool:
    return function.name.startswith("_") and not is_dunder(function.name)


def length(function: Function) -> int:
    """Count the lines from `def` to the end; decorators are not counted."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def read_modules(package: Path) -> list[Module]:
    paths = sorted(package.rglob("*.py"))
    return [Module(path, path.relative_to(package).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def arrows(modules: list[Module]) -> dict[str, list[str]]:
    """Return each room and those it imports from. `__init__` and `__main__` at the top only pass names on: they are none."""
    names = {tuple(m.name.removesuffix(".py").removesuffix("/__init__").split("/")): m.room for m in modules}
    found: dict[str, set[str]] = {m.room: set() for m in modules if not is_dunder(m.room)}
    for module in modules:
        if module.room not in found:
            continue
        here = module.name.split("/")[:-1]
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ImportFrom) or not node.level:
                continue  # the package imports its own modules relatively
            base = (*here[: len(here) + 1 - node.level], *(node.module.split(".") if node.module else ()))
            # `from .folder import name` is of the module folder/name.py where there is one, else of the folder.
            used = {names.get((*base, alias.name)) or names.get(base) for alias in node.names}
            found[module.room] |= {room for room in used if room in found} - {module.room}
    return {room: sorted(others) for room, others in sorted(found.items())}


def measure(package: Path) -> dict[str, Any]:
    """Return all figures and lists as plain data."""
    modules = read_modules(package)
    functions = [(module, function) for module in modules for function in module.functions]
    lines = sum(module.lines for module in modules)
    docstrings = [text for module in modules for text in module.docstrings()]
    noun_clauses = sum(bool(NOUN_CLAUSE.match(text)) for text in docstrings)
    once = [function for module in modules for function in module.private_used_once()]
    places: dict[str, list[str]] = {}
    for module in modules:
        for name in module.top_level_names():
            places.setdefault(name, []).append(module.name)
    repeated = {name: places[name] for name in sorted(places) if len(places[name]) >= 3}
    imports = arrows(modules)
    figures = {
        "lines": lines,
        "modules": len(modules),
        "modules_at_top": sum("/" not in module.name for module in modules),
        "module_lines_median": round(statistics.median(module.lines for module in modules)),
        "functions_per_1000_lines": round(1000 * len(functions) / lines),
        "function_lines_median": round(statistics.median(length(f) for _, f in functions)),
        "private_functions": sum(is_private(f) for _, f in functions),
        "private_used_once": len(once),
        "private_used_once_short": sum(length(f) <= SHORT for f in once),
        "comment_lines_percent": round(100 * sum(module.comment_lines() for module in modules) / lines, 1),
        "docstrings": len(docstrings),
        "docstrings_noun_clause": noun_clauses,
        "docstrings_noun_clause_percent": round(100 * noun_clauses / len(docstrings)),
        "rooms": len(imports),
        "arrows": sum(map(len, imports.values())),
        "repeated_names": len(repeated),
    }
    long_modules = sorted(((m.lines, m.name) for m in modules), reverse=True)
    long_functions = sorted(((length(f), f"{m.name}:{f.lineno} {f.name}") for m, f in functions), reverse=True)
    return {
        "figures": figures,
        "longest_modules": long_modules[:MOST],
        "longest_functions": long_functions[:MOST],
        "modules_too_long": [entry for entry in long_modules if entry[0] > LONG_MODULE],
        "functions_too_long": [entry for entry in long_functions if entry[0] > LONG_FUNCTION],
        "repeated_names": repeated,
        "imports": imports,
    }


def as_text(found: dict[str, Any]) -> str:
    """Lay the figures out as a table with the earlier ones beside them, and the lists below."""
    wide = max(map(len, LABELS.values()))
    parts = [f"{'':{wide}}  {BEFORE['commit']:>8}  {'today':>8}"]
    parts += [f"{label:{wide}}  {BEFORE[key]:>8,}  {found['figures'][key]:>8,}" for key, label in LABELS.items()]
    titles = {
        "longest_modules": "longest modules",
        "longest_functions": "longest functions",
        "modules_too_long": f"modules of more than {LONG_MODULE} lines",
        "functions_too_long": f"functions of more than {LONG_FUNCTION} lines",
    }
    for key, title in titles.items():
        parts += ["", f"{title}:", *(f"  {lines:>4}  {name}" for lines, name in found[key] or [("", "none")])]
    parts += ["", "top-level names of three or more modules:"]
    parts += [f"  {name}: {', '.join(places)}" for name, places in found["repeated_names"].items()] or ["  none"]
    parts += ["", "what imports from what:"]
    parts += [f"  {room}: {', '.join(others) or 'nothing'}" for room, others in found["imports"].items()]
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("package", nargs="?", type=Path, default=ROOT / "grader", help="folder (default: grader/)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args()
    found = measure(options.package)
    print(json.dumps({"before": BEFORE, **found}, indent=2) if options.format == "json" else as_text(found))


if __name__ == "__main__":
    main()
