"""Make the single edits of one expression or statement: small slips, as hands and memory make them.

`of_expression` and `of_statement` yield (kind, replacement); a replacement of None deletes the statement. No node is changed
in place; a replacement shares the parts that stay the same.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise, takewhile

ExpressionEdit = tuple[str, ast.expr]
StatementEdit = tuple[str, ast.stmt | None]

OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ORDERED = (ast.Sub, ast.Div, ast.Pow, ast.MatMult, ast.FloorDiv, ast.Mod)  # a ∘ b is not b ∘ a
OTHER_NAMES = {
    **dict.fromkeys(("mean", "average", "median"), ("sum", "max")),
    "sum": ("mean", "prod"),
    "prod": ("sum",),
    "cumsum": ("cumprod",),
    "cumprod": ("cumsum",),
    **{a: (b,) for pair in (("max", "min"), ("argmax", "argmin"), ("var", "std")) for a, b in (pair, pair[::-1])},
    **{a: (b,) for pair in (("any", "all"), ("zeros", "ones"), ("exp", "log")) for a, b in (pair, pair[::-1])},
    **{a: (b,) for pair in (("zeros_like", "ones_like"), ("sin", "cos")) for a, b in (pair, pair[::-1])},
    **{a: (b,) for pair in (("maximum", "minimum"), ("floor", "ceil")) for a, b in (pair, pair[::-1])},
}
# Functions whose arguments may change places: swapped, they make no mutant but the same program again.
SYMMETRIC = {
    "maximum",
    "minimum",
    "add",
    "multiply",
    "logaddexp",
    "hypot",
    "isclose",
    "allclose",
    "array_equal",
    "max",
    "min",
}
COUNTED = {"range", "arange"}  # whose bounds are off by one, now and then
NO_EXPRESSION = ("annotation", "returns", "decorator_list", "type_params", "format_spec")  # fields that compute nothing


def of_expression(node: ast.expr, parent: ast.AST, names: Collection[str] = ()) -> Iterator[ExpressionEdit]:
    """Yield every edit of this node itself, not of its parts.

    `parent` is the node around it, `names` are the variables of the function that it stands in.
    """
    match node:
        case ast.Name(id=name, ctx=ast.Load()) if name in names:
            for other in names:
                if _easily_confused(name, other):
                    yield "another name", ast.Name(other, ast.Load())
        case ast.BinOp():
            yield from _binary(node)
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert(), operand=operand):
            yield "operator", operand
        case ast.Compare(ops=[op], left=left, comparators=comparators):
            for opposite in COMPARISONS[type(op)]:
                yield "comparison", ast.Compare(left, [opposite()], comparators)
        case ast.BoolOp(op=op, values=values):
            yield "operator", ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for i in range(len(values)):
                rest = [*values[:i], *values[i + 1 :]]
                yield "dropped term", rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield "condition", ast.IfExp(test, orelse, body)
        case ast.Constant():
            yield from _constant(node, parent)
        case ast.Call():
            yield from _call(node, parent)
        case ast.Attribute(value=value, attr="T"):
            yield "dropped call", value
        case ast.Tuple(ctx=ast.Load(), elts=elements) | ast.List(ctx=ast.Load(), elts=elements):
            for swapped in _swaps(elements):
                yield "swapped arguments", type(node)(swapped, ast.Load())
        case ast.Slice():
            yield from _slice(node)
    # Comparisons, constants and `not` have an edit above that turns the condition round.
    if _is_condition(node, parent) and not isinstance(node, ast.Compare | ast.Constant | ast.UnaryOp):
        yield "condition", ast.UnaryOp(ast.Not(), node)


def _easily_confused(a: str, b: str) -> bool:
    """Return True for names that are mistaken for each other: m and v, m and m_hat, beta1 and beta2, new_mean and new_var.

    Both have one letter, or one begins with the other, or they begin with the same three letters at least.
    """
    if a == b:
        return False
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
    return len(a) == len(b) == 1 or shared > 2 or shared == min(len(a), len(b))


def _binary(node: ast.BinOp) -> Iterator[ExpressionEdit]:
    a, b, op = node.left, node.right, node.op
    for other in OPERATORS.get(type(op), ()):
        yield "operator", ast.BinOp(a, other(), b)
    if isinstance(op, ORDERED):
        yield "swapped arguments", ast.BinOp(b, op, a)
    yield "dropped term", a
    if isinstance(op, ast.Sub):
        yield "dropped term", ast.UnaryOp(ast.USub(), b)
    elif isinstance(op, ast.Div):
        yield "dropped term", ast.BinOp(ast.Constant(1), op, b)
    else:
        yield "dropped term", b


def _constant(node: ast.Constant, parent: ast.AST) -> Iterator[ExpressionEdit]:
    value = node.value
    if isinstance(parent, ast.keyword) and parent.arg == "axis":
        return  # `_keyword` edits an axis: it tries the other axes, not the next numbers
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int):
        others = (value + 1, value - 1) if value else (1,)
        yield from (("constant", ast.Constant(other)) for other in others)
    elif isinstance(value, float):
        yield from (("constant", ast.Constant(other)) for other in ((2 * value, 0.0) if value else (1.0,)))


def _call(node: ast.Call, parent: ast.AST) -> Iterator[ExpressionEdit]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    used = not isinstance(parent, ast.Expr)
    for other in OTHER_NAMES.get(name, ()):
        renamed = ast.Attribute(function.value, other, ast.Load()) if isinstance(function, ast.Attribute) else None
        yield "reduction", ast.Call(renamed or ast.Name(other, ast.Load()), node.args, node.keywords)
    if not any(isinstance(argument, ast.Starred) for argument in node.args):
        if name not in SYMMETRIC:
            for swapped in _swaps(node.args):
                yield "swapped arguments", ast.Call(function, swapped, node.keywords)
        if len(node.args) == 1 and used and not _is_method(function):
            yield "dropped call", node.args[0]
        if name in COUNTED:
            yield from _off_by_one(node)
    if not node.args and isinstance(function, ast.Attribute) and used:
        yield "dropped call", function.value
    for i, keyword in enumerate(node.keywords):
        yield from _keyword(node, i, keyword)


def _is_method(function: ast.expr) -> bool:
    """Return True for the attribute of a value (`x.sum`), False for that of a module (`np.sum`), judged by its name alone."""
    if not isinstance(function, ast.Attribute):
        return False
    return not isinstance(function.value, ast.Name) or function.value.id not in {"np", "numpy", "math"}


def _keyword(node: ast.Call, i: int, keyword: ast.keyword) -> Iterator[ExpressionEdit]:
    if keyword.arg is None:
        return
    before, after = node.keywords[:i], node.keywords[i + 1 :]
    if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant | ast.UnaryOp):
        for axis in (0, 1):
            if ast.unparse(keyword.value) != str(axis):
                yield "axis", ast.Call(node.func, node.args, [*before, ast.keyword("axis", ast.Constant(axis)), *after])
    kind = "axis" if keyword.arg in {"axis", "keepdims"} else "dropped term"
    # A keyword that is True or False is flipped by `_constant` instead.
    if not (isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, bool)):
        yield kind, ast.Call(node.func, node.args, [*before, *after])


def _off_by_one(node: ast.Call) -> Iterator[ExpressionEdit]:
    for i, argument in enumerate(node.args):
        if not isinstance(argument, ast.Constant):
            for op in (ast.Add(), ast.Sub()):
                moved = ast.BinOp(argument, op, ast.Constant(1))
                yield "off by one", ast.Call(node.func, [*node.args[:i], moved, *node.args[i + 1 :]], node.keywords)


def _slice(node: ast.Slice) -> Iterator[ExpressionEdit]:
    for lower in _moved(node.lower):
        yield "off by one", ast.Slice(lower, node.upper, node.step)
    for upper in _moved(node.upper):
        yield "off by one", ast.Slice(node.lower, upper, node.step)
    if node.step:
        yield "off by one", ast.Slice(node.lower, node.upper, None)


def _moved(bound: ast.expr | None) -> Iterator[ast.expr | None]:
    """Yield a bound of a slice left out and, unless it is a constant, moved by one."""
    if bound is None:
        return
    yield None
    if not isinstance(bound, ast.Constant):  # `_constant` yields a constant's neighbours
        for op in (ast.Add(), ast.Sub()):
            yield ast.BinOp(bound, op, ast.Constant(1))


def _swaps(elements: Sequence[ast.expr]) -> Iterator[list[ast.expr]]:
    """Yield the elements with each two neighbours swapped in turn."""
    for i, (a, b) in enumerate(pairwise(elements)):
        if not isinstance(a, ast.Starred) and not isinstance(b, ast.Starred):
            yield [*elements[:i], b, a, *elements[i + 2 :]]


def _is_condition(node: ast.expr, parent: ast.AST) -> bool:
    return (isinstance(parent, ast.If | ast.While | ast.Assert) and parent.test is node) or (
        isinstance(parent, ast.comprehension) and node in parent.ifs
    )


def of_statement(node: ast.stmt) -> Iterator[StatementEdit]:
    """Yield every edit of the statement as a whole."""
    if isinstance(node, ast.AugAssign):
        for other in OPERATORS.get(type(node.op), ()):
            yield "operator", ast.AugAssign(node.target, other(), node.value)
        # `ast.unparse` asks an assignment for its line, which the other nodes do without.
        yield "operator", ast.Assign([node.target], node.value, lineno=node.lineno)
    if isinstance(node, ast.Assign) and (written := _in_place(node)):
        yield "in place", written
    if isinstance(node, ast.Break | ast.Continue):
        yield "operator", ast.Continue() if isinstance(node, ast.Break) else ast.Break()
    if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Tuple | ast.List):
        for swapped in _swaps(target.elts):
            yield "swapped arguments", ast.Assign([ast.Tuple(swapped, ast.Store())], node.value, lineno=node.lineno)
    # Without an import or a definition nothing runs at all: such a mutant would say nothing of a rubric.
    if not isinstance(
        node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.Pass | ast.Global | ast.Nonlocal
    ):
        yield "deleted statement", None


def _in_place(node: ast.Assign) -> ast.AugAssign | None:
    """Return `x -= y` for `x = x - y`: it writes into an array that a caller may still hold. None for other statements."""
    target, value = node.targets[0], node.value
    if not (isinstance(target, ast.Name) and isinstance(value, ast.BinOp) and isinstance(value.left, ast.Name)):
        return None
    return ast.AugAssign(target, value.op, value.right) if value.left.id == target.id else None
