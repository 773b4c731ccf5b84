"""Who may import whom. The folders of `grader/` are the ideas: this test reads them, docs/architecture.md tells of them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from grader.cli.exits import EXTRA
from support.browserlike import DEPRIVE
from support.repository import ROOT

PACKAGE = ROOT / "grader"
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
FOLDERS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
HEAVY = ("torch", "nbconvert", "scipy", "jinja2")
IN_A_BROWSER = ("inside", "topics", "numerics", "checks", "judging", "bundle")  # where `check` is to run one day


def imports(module: str, path: Path) -> Iterator[str]:
    """What a module imports, wherever in the file: a module of this package by its full name, others by their first part."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (known(alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (known(base, alias.name) for alias in node.names)


def known(base: str, name: str) -> str:
    """`from base import name` is of the module base.name, where that is one; else of base."""
    if base.split(".")[0] != "grader":
        return base.split(".")[0]
    return f"{base}.{name}" if f"{base}.{name}" in FILES else base


IMPORTS = {module: sorted(set(imports(module, path)) - {module}) for module, path in FILES.items()}


def folder(module: str) -> str:
    """ "grader.checks.values" → "checks"; a module at the top is a room of its own."""
    return "grader" if module == "grader" else module.split(".")[1]


def rooms() -> dict[str, set[str]]:
    """Folder (or module at the top) → those that it imports from. What `grader/__init__.py` offers it fetches when asked."""
    found: dict[str, set[str]] = {}
    for module, used in IMPORTS.items():
        ours = {folder(name) for name in used if name in FILES}
        found.setdefault(folder(module), set()).update(ours - {folder(module)})
    return found


def test_folders_do_not_import_each_other_in_a_circle() -> None:
    TopologicalSorter(rooms()).prepare()


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    TopologicalSorter({module: [m for m in used if m in FILES] for module, used in IMPORTS.items()}).prepare()


def test_architecture_page_has_a_section_for_each_folder_from_the_bottom_to_the_top() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### `(\w+)/`", page, re.MULTILINE)
    assert sorted(sections) == FOLDERS
    upwards = [(low, high) for i, low in enumerate(sections) for high in sections[i + 1 :] if high in rooms()[low]]
    assert not upwards, f"a folder imports from one that stands above it: {upwards}"


@pytest.mark.parametrize("name", FOLDERS)
def test_folder_says_in_one_line_why_it_is_there(name: str) -> None:
    said = ast.get_docstring(ast.parse((PACKAGE / name / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert said.splitlines()[0].endswith(".")


def test_top_of_the_package_holds_only_what_everything_may_use() -> None:
    top = {module for module in FILES if module.count(".") <= 1 and FILES[module].parent == PACKAGE}
    used = {name for name in top if len({folder(m) for m, found in IMPORTS.items() if name in found} - {name}) >= 2}
    assert len(top) <= 8
    assert top - used <= {"grader", "grader.__main__"}


def test_what_is_imported_is_declared_and_what_only_graders_have_is_known_to_the_commands() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    core, graders = (
        {re.split(r"[>=; ]", requirement)[0] for requirement in requirements}
        for requirements in (project["dependencies"], extras["grade"] + extras["torch"])
    )
    ours = {*sys.stdlib_module_names, "grader", "grader_inside", *FILES}
    imported = {{"yaml": "pyyaml"}.get(name, name) for used in IMPORTS.values() for name in used} - ours
    assert imported <= core | graders
    assert imported >= core
    assert imported & graders == set(EXTRA)


def test_only_truth_imports_torch() -> None:
    assert [module for module, used in IMPORTS.items() if "torch" in used] == ["grader.truth.reference"]


def test_no_topic_and_no_example_imports_torch() -> None:
    course = [*ROOT.glob("assignments/**/*.py"), *ROOT.glob("examples/**/*.py")]
    assert not [str(path) for path in course if "torch" in imports("", path)]


@pytest.mark.parametrize("module", [name for name in FILES if name.startswith("grader.inside")])
def test_what_the_students_process_loads_imports_the_standard_library_numpy_and_its_siblings(module: str) -> None:
    allowed = {*sys.stdlib_module_names, "numpy", "grader", *(name for name in FILES if folder(name) == "inside")}
    assert set(IMPORTS[module]) <= allowed


@pytest.mark.parametrize("module", ["grader", "grader.cli", "grader.bundle.check"])
def test_importing_the_grader_the_command_or_check_loads_nothing_heavy(module: str) -> None:
    program = f"import sys, {module}; print(*[name for name in {HEAVY} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.split() == []


WITHOUT = f"""
{DEPRIVE}
import importlib
before = {{name.partition(".")[0] for name in sys.modules}}
for name in {[name for name in FILES if folder(name) in IN_A_BROWSER]}:
    importlib.import_module(name)
found = {{name.partition(".")[0] for name in sys.modules}} - before - set(sys.stdlib_module_names)
print(*sorted(found))
"""


def test_check_and_all_that_it_needs_import_without_sockets_limits_and_threads() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["grader"]
