"""Reverse-mode automatic differentiation: numbers that remember where they come from, and so know their derivatives."""

import re

import numpy as np

from grader import Object, Reals, Row, Topic, follows


class Value(Object):
    """A number that remembers how it was computed.

    In every operation `other` is a Value or a plain number (int, float); the result is a new Value."""

    data: Reals[""]
    grad: Reals[""]

    def __init__(self, data: Reals[""]):
        """A value that was not computed from others. Its grad is 0."""

    def __add__(self, other):
        """self + other"""

    def __radd__(self, other):
        """other + self, where other is a plain number"""

    def __sub__(self, other):
        """self - other"""

    def __rsub__(self, other):
        """other - self, where other is a plain number"""

    def __mul__(self, other):
        """self * other"""

    def __rmul__(self, other):
        """other * self, where other is a plain number"""

    def __truediv__(self, other):
        """self / other"""

    def __rtruediv__(self, other):
        """other / self, where other is a plain number"""

    def __pow__(self, exponent):
        """self ** exponent, where exponent is a plain number"""

    def __neg__(self):
        """-self"""

    def exp(self):
        """e to the power of self"""

    def log(self):
        """The natural logarithm of self."""

    def tanh(self):
        """The hyperbolic tangent of self."""

    def relu(self):
        """self where it is positive, else 0; the slope at 0 is 0."""

    def backward(self):
        """Set the grad of every value that self was computed from to the derivative of self with respect to it.

        Also self.grad, to 1. What was there before is forgotten; no other value changes."""


# A case is a few lines of Python on named values; scripts run them and read what became of the values.

def graph(formula, leaves, name=""):
    given = ", ".join(f"{leaf} = {x:g}" for leaf, x in leaves.items())
    return name or f"{formula}, with {given}", {"formula": formula, "leaves": leaves}

def build(world, case):
    """Every value of the graph by its name, leaves first."""
    values = {leaf: world.Value(x) for leaf, x in case["leaves"].items()}
    exec(case["formula"], {"sum": world.sum}, values)
    values.pop("_", None)
    world.name(**values)
    return values

def of(names, attribute, values, after=""):
    """The data or the gradients of some values, as one array: by itself, one that cancels to 0 has no size to be held to."""
    place = f"{attribute} of ({', '.join(names)})" + (after and f" after {after}")
    return place, [getattr(values[name], attribute) for name in names]

def value(world, case):
    yield "data of y", build(world, case)["y"].data

def derivatives(world, case):
    values = build(world, case)
    values["y"].backward()
    yield of([*values], "grad", values)

def value_and_derivatives(world, case):
    values = build(world, case)
    yield of([*values], "data", values)
    values["y"].backward()
    yield of([*values], "grad", values)

def ends(world, case):
    """Of a large graph. Four times backward: with a list for what was visited that takes seconds, with a set nothing."""
    values = build(world, case)
    yield "data of y", values["y"].data
    values["y"].backward()
    yield "grad of x", values["x"].grad
    for _ in range(3):
        values["y"].backward()
    yield "data of y after y.backward() four times", values["y"].data

def again(world, case):
    values = build(world, case)
    yield of("yz", "data", values)
    values["y"].backward()
    values["y"].backward()
    yield of("abcuy", "grad", values, after="y.backward() twice")
    values["z"].backward()
    yield of("abduz", "grad", values, after="y.backward(), then z.backward()")
    yield of("cy", "grad", values, after="y.backward(), then z.backward()")

def elsewhere(world, case):
    values = build(world, case)
    yield of([*values], "grad", values, after="no backward")
    values["y"].backward()
    yield of([*values], "grad", values, after="y.backward()")
    yield of([*values], "data", values, after="y.backward()")


def number(rng, low, high, signs=(-1, 1)):
    return round(float(rng.choice(signs) * rng.uniform(low, high)), 2)

def leaves(rng):
    """Two numbers of either sign, two positive ones, a negative one, and 0; no two alike, none is 1."""
    ranges = {"a": (0.3, 0.6), "b": (1.2, 1.5), "p": (0.7, 0.9, [1]), "q": (1.6, 1.9, [1]), "n": (0.3, 0.9, [-1])}
    return {name: number(rng, *given) for name, given in ranges.items()} | {"zero": 0.0}

def each(*expressions):
    """One case for each expression, on those leaves that it names."""
    def cases(rng):
        for expression in expressions:
            named = set(re.findall(r"\w+", expression))
            yield graph(f"y = {expression}", {name: x for name, x in leaves(rng).items() if name in named})
    return cases

SUMS, PRODUCTS, QUOTIENTS = ("a + b", "a - b", "-a"), ("a * b", "b * a"), ("a / b", "b / a")
POWERS = ("n ** 3", "b ** 2", "q ** 0.5", "b ** -2", "b ** -1", "b ** 1", "b ** 0", "zero ** 2")
EXPS, LOGS, TANHS = ("a.exp()", "b.exp()"), ("p.log()", "q.log()"), ("a.tanh()", "b.tanh()")
RELUS = ("p.relu()", "n.relu()", "zero.relu()")
ALL = SUMS + PRODUCTS + QUOTIENTS + POWERS + EXPS + LOGS + TANHS + RELUS

powers = each(*POWERS, "zero ** 0")
plain = each("a + 2", "2 + a", "a - 0.5", "3 - a", "a * 4", "0.5 * a", "a / 2", "2 / a")


# Graphs in which every operation is a sum: a gradient is then the number of paths to y.

def sums_of(*formulas):
    def cases(rng):
        for formula in formulas:
            yield graph(formula, {name: number(rng, 0.3, 1.9) for name in "abcd" if re.search(rf"\b{name}\b", formula)})
    return cases

reused = sums_of("y = a + a", "u = a + b; y = u + u", "u = a + b; y = u + a", "u = a + a; y = u + u")
ways   = sums_of("u = a + b; y = u + (u + c)",        "u = a + b; y = (u + c) + u",
                 "u = a + b; y = u + (c + (u + d))",  "u = a + b; y = ((u + c) + d) + u",
                 "u = a + b; v = u + c; w = v + u; y = (w + u) + v", "u = a + b; v = c + u; w = u + v; y = v + (u + w)")
calls  = sums_of("u = a + b; y = u + c; z = u + d")
aside  = sums_of("u = a + b; y = u + c; beside = a + d; beyond = y + d")

def twins(rng):
    a, b = number(rng, 0.3, 0.9), number(rng, 1.2, 1.9)
    yield graph("u = a + b; v = c + d; y = u + v", {"a": a, "b": b, "c": a, "d": b})

def chain(rng):
    yield graph("y = sum([s] * 10_000, x)", {"x": number(rng, 1, 2), "s": number(rng, 0.1, 0.2)})

def doublings(rng):
    yield graph("y = x\nfor _ in range(40):\n    y = y + y", {"x": number(rng, 1, 2)}, "y = x, then 40 times y = y + y")


KINDS = ("{x} + {y}", "{x} - {y}", "{x} * {y}", "{x} / {y}", "-{x}", "{x} ** 2", "{x} ** 3", "{x} ** -1", "{x} ** 0.5",
         "{x}.exp()", "{x}.log()", "{x}.tanh()", "{x}.relu()",
         "{x} + 1.5", "2 + {x}", "{x} - 0.5", "1 - {x}", "{x} * 3", "0.5 * {x}", "{x} / 2", "1 / {x}")

def random_graph(rng, kinds):
    """One operation of each kind, on leaves or late values, drawn until the result is moderate; y is the sum of loose ends."""
    start = {name: x for name, x in leaves(rng).items() if x}
    numbers, lines, loose = dict(start), {}, set(start)
    for kind in kinds:
        result = np.nan
        while not 0.2 < abs(result) < 3:
            x, y = rng.choice([*start, *[*lines][-12:]], 2, replace=False)
            expression = kind.format(x=x, y=y)
            result = calculated(expression, numbers)
        name = f"v{len(lines) + 1}"
        numbers[name], lines[name] = result, f"{name} = {expression}"
        loose = loose - set(re.findall(r"\w+", expression)) | {name}
    ends = " + ".join(name for name in numbers if name in loose)
    return "; ".join([*lines.values(), f"y = {ends}"]), start

def calculated(expression, numbers):
    functions = {"exp": np.exp, "log": np.log, "tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}
    with np.errstate(all="ignore"):
        called = re.sub(r"(\w+)\.(\w+)\(\)", r"\2(\1)", expression)
        return eval(called, functions, {name: np.float64(x) for name, x in numbers.items()})

def graphs(rng):
    """First the gradient that each operation is sent is -1, in place of the 1 that backward starts with; then
    none, and one whose result is as large as its operand."""
    yield from each(*(f"-({expression})" for expression in ALL))(rng)
    yield graph("y = x", {"x": number(rng, 0.3, 0.9)})
    yield graph("v = x.relu(); y = v + x", {"x": 1.0})
    yield graph(*random_graph(rng, rng.choice(KINDS, 5)))
    yield graph(*random_graph(rng, rng.choice(KINDS, 9)))
    for rounds in (1, 2):
        kinds = rng.permutation(KINDS * rounds)
        yield graph(*random_graph(rng, kinds), f"a random graph of {len(kinds)} operations")


topic = Topic("Automatic differentiation", graphs, rubric=[
    Row("values",    3, "every operation computes its value",            follows(value, Value, on=each(*ALL))),
    Row("sums",      2, "the gradients of a sum, a difference and a negation", follows(derivatives, Value, on=each(*SUMS))),
    Row("products",  2, "the gradients of a product",                    follows(derivatives, Value, on=each(*PRODUCTS))),
    Row("quotients", 2, "the gradients of a quotient",                   follows(derivatives, Value, on=each(*QUOTIENTS))),
    Row("powers",    2, "the gradient of a power",                       follows(derivatives, Value, on=powers)),
    Row("exp",       1, "the gradient of exp",                           follows(derivatives, Value, on=each(*EXPS))),
    Row("log",       1, "the gradient of log",                           follows(derivatives, Value, on=each(*LOGS))),
    Row("tanh",      1, "the gradient of tanh",                          follows(derivatives, Value, on=each(*TANHS))),
    Row("relu",      1, "the gradient of relu, at 0, too",               follows(derivatives, Value, on=each(*RELUS))),
    Row("plain",     2, "plain numbers may stand on either side",        follows(value_and_derivatives, Value, on=plain)),
    Row("reused",    3, "a value used twice adds up its gradients",      follows(derivatives, Value, on=reused)),
    Row("ways",      3, "a gradient goes on only when it is complete",   follows(derivatives, Value, on=ways)),
    Row("twins",     1, "equal numbers may be different values",         follows(value_and_derivatives, Value, on=twins)),
    Row("again",     2, "backward starts afresh each time it is called", follows(again, Value, on=calls)),
    Row("aside",     1, "backward changes nothing but gradients, of nothing but what y was made from",
                        follows(elsewhere, Value, on=aside)),
    Row("graphs",    4, "random graphs of every operation are right",    follows(value_and_derivatives, Value)),
    Row("chain",     2, "a chain of 10,000 operations neither fills the stack nor takes a long search",
                        follows(ends, Value, on=chain), needs="reused"),
    Row("paths",     1, "the work grows with the operations, not with the paths",
                        follows(ends, Value, on=doublings), needs="chain"),
])
