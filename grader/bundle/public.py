"""What of topic.py students may have: not its hidden rows, nor what only these use."""

from __future__ import annotations

import ast
from collections.abc import Iterable

DECLARING = {"Reals", "Ints", "Opaque", "Random"}  # a function whose answer is one of these is what the student writes


def public_source(source: str) -> str:
    """Return topic.py without comments, hidden rows, and the helpers and constants that only these use."""
    tree = _WithoutHiddenRows().visit(ast.parse(source))
    helpers = {name: node for node in tree.body for name in _names_of_helper(node)}
    used = _names_in(node for node in tree.body if node not in helpers.values())
    reached: set[str] = set()
    while used - reached:
        reached |= used
        used = _names_in(helpers[name] for name in reached if name in helpers)
    tree.body = [node for node in tree.body if node not in helpers.values() or reached & set(_names_of_helper(node))]
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _names_of_helper(node: ast.stmt) -> list[str]:
    """Return the names that a statement defines and nobody needs unless something names them.

    A declaration is needed by the student, and the topic itself by everybody: they define no such name.
    """
    if isinstance(node, ast.FunctionDef) and not _names_in([node.returns]) & DECLARING:
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    names = [leaf.id for target in targets for leaf in ast.walk(target) if isinstance(leaf, ast.Name)]
    return [] if "topic" in names else names


def _names_in(nodes: Iterable[ast.AST | None]) -> set[str]:
    return {leaf.id for node in nodes if node for leaf in ast.walk(node) if isinstance(leaf, ast.Name)}


class _WithoutHiddenRows(ast.NodeTransformer):
    def visit_List(self, node: ast.List) -> ast.List:
        node.elts = [self.visit(item) for item in node.elts if not _is_hidden(item)]
        return node


def _is_hidden(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and any(
        k.arg == "hidden" and not (isinstance(k.value, ast.Constant) and k.value.value is False) for k in node.keywords
    )
