"""Who may import whom. The table of layers is the one in docs/architecture.md: this test reads it and the imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "grader"
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
IN_THE_JAIL = ("worker", "plan", "wire", "standins", "jail.landlock", "jail.namespaces", "jail.seccomp", "jail.zygote")
HEAVY = ("torch", "nbconvert", "scipy", "jinja2")


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


def layers() -> dict[str, int]:
    """Module or package → layer, from the table in docs/architecture.md."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| ([^|]+) \|", page, re.MULTILINE)
    pairs = [(name, int(layer)) for layer, names in rows for name in re.findall(r"`(\w+)`", names)]
    assert len(pairs) == len(dict(pairs)), "a module stands in two layers"
    return dict(pairs)


LAYERS = layers()


def top(module: str) -> str:
    """ "grader.checks.trial" → "checks": the name in the table."""
    return "__init__" if module == "grader" else module.split(".")[1]


def test_the_table_names_every_module_and_no_other() -> None:
    assert sorted(LAYERS) == sorted({top(module) for module in FILES})


@pytest.mark.parametrize("module", FILES)
def test_imports_point_downwards(module: str) -> None:
    upwards = [m for m in IMPORTS[module] if m in FILES and LAYERS[top(m)] > LAYERS[top(module)]]
    assert not upwards, f"{module} (layer {LAYERS[top(module)]}) imports from above: {upwards}"


def test_no_import_goes_in_a_circle() -> None:
    TopologicalSorter({module: [m for m in used if m in FILES] for module, used in IMPORTS.items()}).prepare()


def test_torch_is_the_oracles_alone() -> None:
    assert [module for module, used in IMPORTS.items() if "torch" in used] == ["grader.oracle"]


def test_no_topic_and_no_example_imports_torch() -> None:
    course = [*ROOT.glob("assignments/*/*.py"), *ROOT.glob("examples/**/*.py")]
    assert not [str(path) for path in course if "torch" in imports("", path)]


@pytest.mark.parametrize("name", IN_THE_JAIL)
def test_what_runs_in_the_jail_imports_little(name: str) -> None:
    allowed = {*sys.stdlib_module_names, "numpy", "grader", *(f"grader.{other}" for other in IN_THE_JAIL)}
    assert set(IMPORTS[f"grader.{name}"]) <= allowed


def test_the_jail_loads_the_modules_that_this_test_thinks_it_loads() -> None:
    from grader.jail.base import INSIDE
    from grader.jail.launch import INSIDE_JAIL

    assert sorted([*INSIDE, *(f"jail.{name}" for name in INSIDE_JAIL)]) == sorted(IN_THE_JAIL)


@pytest.mark.parametrize("module", ["grader", "grader.cli", "grader.kernel"])
def test_importing_is_light(module: str) -> None:
    program = f"import sys, {module}; print(*[name for name in {HEAVY} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.split() == []
