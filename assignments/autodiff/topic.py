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

def told_apart(world, case):
    """Here every gradient is 1, but for a program that answers so to everything the leaves' data are 1, too."""
    values = build(world, case)
    yield of([*case["leaves"]], "data", values)
    values["y"].backward()
    yield of([*values], "grad", values)

def ends(world, case):
    """Of a large graph. Four times backward: with a list for what was visited that takes seconds, with a set nothing."""
    values = build(world, case)
    values["y"].backward()
    yield "grad of x", values["x"].grad
    for _ in range(3):
        values["y"].backward()

def again(world, case):
    values = build(world, case)
    yield of("abcd", "data", values)
    values["y"].backward()
    values["y"].backward()
    yield of("abcuy", "grad", values, after="y.backward() twice")
    values["z"].backward()
    yield of("abduz", "grad", values, after="y.backward(), then z.backward()")
    yield of("cy", "grad", values, after="y.backward(), then z.backward()")

def later(world, case):
    """Three results of one graph, the last made when backward has gone through it. Each time u is sent another gradient, also
    when it is the turn of the first again."""
    values = build(world, case)
    values["z"].backward()
    yield of("abuz", "grad", values, after="z.backward()")
    values["y"].backward()
    yield of("abcuy", "grad", values, after="z.backward(), then y.backward()")
    t = values["y"].exp()
    world.name(t=t)
    t.backward()
    yield of("abcuyt", "grad", values | {"t": t}, after="y.backward(), then t = y.exp() and t.backward()")
    values["z"].backward()
    yield of("abuz", "grad", values, after="t.backward(), then z.backward() again")

def elsewhere(world, case):
    values = build(world, case)
    before = [value.data for value in values.values()]
    yield of([*values], "grad", values, after="no backward")
    values["y"].backward()
    yield of([*values], "grad", values, after="y.backward()")
    yield f"change of the data of ({', '.join(values)}) by y.backward()", [
        value.data - old for value, old in zip(values.values(), before)]


def number(rng, low, high, signs=(-1, 1), digits=2):
    return round(float(rng.choice(signs) * rng.uniform(low, high)), digits)

def leaves(rng):
    """Two numbers of either sign, two positive ones, a negative one, and 0; no two alike, none is 1."""
    ranges = {"a": (0.3, 0.6), "b": (1.2, 1.5), "p": (0.7, 0.9, [1]), "q": (1.6, 1.9, [1]), "n": (0.3, 0.9, [-1])}
    return {name: number(rng, *given, digits=3) for name, given in ranges.items()} | {"zero": 0.0}

def extremes(rng):
    """Large numbers of either sign, positive and negative, a small one; two for exp, one where tanh is flat; and one so small
    that log(x + 1e-12) shows."""
    ranges = {"l": (2e3, 9e3), "p": (2e3, 9e3, [1]), "n": (2e3, 9e3, [-1]), "s": (0.02, 0.09),
              "e": (15, 20, [1]), "m": (15, 20, [-1]), "t": (6, 7)}
    return {name: number(rng, *given) for name, given in ranges.items()} | {"x": number(rng, 2, 9, [1]) / 1e6}

DRAWS = 3  # so many answers of few digits tell which formula gives them

def each(*expressions, of=leaves):
    """For each expression a few cases on those leaves that it names, or one if none of them is drawn."""
    def cases(rng):
        for expression in expressions:
            named = set(re.findall(r"\w+", expression))
            for _ in range(DRAWS if named & of(rng).keys() - {"zero"} else 1):
                yield graph(f"y = {expression}", {name: x for name, x in of(rng).items() if name in named})
    return cases

SUMS, PRODUCTS, QUOTIENTS = ("a + b", "a - b", "-a"), ("a * b", "b * a"), ("a / b", "b / a")
POWERS = ("n ** 3", "b ** 2", "q ** 0.5", "b ** -2", "b ** -1", "b ** 1", "b ** 0")
EXPS, LOGS, TANHS, RELUS = ("a.exp()", "b.exp()"), ("p.log()", "q.log()"), ("a.tanh()", "b.tanh()"), ("p.relu()", "n.relu()")
PLAIN = ("a + 2", "2 + a", "a - 0.5", "3 - a", "a * 4", "0.5 * a", "a / 2", "2 / a")
ALL = SUMS + PRODUCTS + QUOTIENTS + POWERS + EXPS + LOGS + TANHS + RELUS

values = each(*ALL, "zero.relu()")
zeros, kink = each("zero ** 2", "zero ** 0"), each("zero.relu()")
onward = each(*(f"-({expression})" for expression in ALL + PLAIN))

sizes = each("l * s", "l * s * x", "l / s", "s / l", "p ** 3", "e.exp()", "m.exp()", "x.log()", "t.tanh()", "p.relu()", "n.relu()",
             of=extremes)


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
shared = sums_of("u = a + b; y = u + c; z = u.exp()")
aside  = sums_of("u = a + b; y = u + c; beside = a + d; beyond = y + d")

def twins(rng):
    a, b = number(rng, 0.3, 0.9), number(rng, 1.2, 1.9)
    yield graph("u = a + b; v = c + d; y = u + v", {"a": a, "b": b, "c": a, "d": b})
    yield graph("u = a + b; v = u + zero; y = v + c", {"a": a, "b": b, "c": 1.0, "zero": 0.0})

def large(rng):
    yield graph("y = sum([s] * 10_000, x)", {"x": number(rng, 1, 2), "s": number(rng, 0.1, 0.2)})
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
    """First the gradient that each operation is sent is -1, in place of the 1 that backward starts with. Then none, one that
    adds up different gradients, a few, each kind once, and twice."""
    yield from onward(rng)
    yield graph("y = x", {"x": number(rng, 0.3, 0.9)})
    yield graph("u = a * b; y = u + a", {"a": number(rng, 0.3, 0.9), "b": number(rng, 1.2, 1.9)})
    yield graph(*random_graph(rng, rng.choice(KINDS, 5)))
    yield graph(*random_graph(rng, rng.choice(KINDS, 9)))
    for rounds in (1, 2):
        kinds = rng.permutation(KINDS * rounds)
        yield graph(*random_graph(rng, kinds), f"a random graph of {len(kinds)} operations")


topic = Topic("Automatic differentiation", graphs, rubric=[
    Row("values",    3, "every operation computes its value",            follows(value, Value, on=values)),
    Row("sums",      2, "the gradients of a sum, a difference and a negation", follows(derivatives, Value, on=each(*SUMS))),
    Row("products",  2, "the gradients of a product",                    follows(derivatives, Value, on=each(*PRODUCTS))),
    Row("quotients", 2, "the gradients of a quotient",                   follows(derivatives, Value, on=each(*QUOTIENTS))),
    Row("powers",    2, "the gradient of a power",                       follows(derivatives, Value, on=each(*POWERS))),
    Row("zero",    0.5, "the gradient of a power of 0",                  follows(derivatives, Value, on=zeros)),
    Row("exp",       1, "the gradient of exp",                           follows(derivatives, Value, on=each(*EXPS))),
    Row("log",       1, "the gradient of log",                           follows(derivatives, Value, on=each(*LOGS))),
    Row("tanh",      1, "the gradient of tanh",                          follows(derivatives, Value, on=each(*TANHS))),
    Row("relu",      1, "the gradient of relu",                          follows(derivatives, Value, on=each(*RELUS))),
    Row("kink",    0.5, "the gradient of relu at 0",                     follows(derivatives, Value, on=kink)),
    Row("plain",     2, "plain numbers may stand on either side",        follows(value, Value, on=each(*PLAIN))),
    Row("sizes",   0.5, "large and small numbers have gradients, too",   follows(derivatives, Value, on=sizes)),
    Row("reused",    3, "a value used twice adds up its gradients",      follows(derivatives, Value, on=reused)),
    Row("ways",      3, "a gradient goes on only when it is complete",   follows(derivatives, Value, on=ways)),
    Row("twins",     1, "equal numbers may be different values",         follows(told_apart, Value, on=twins)),
    Row("again",     2, "backward starts afresh each time it is called", follows(again, Value, on=calls)),
    Row("later",     1, "backward leaves the graph as it was, for other results", follows(later, Value, on=shared)),
    Row("aside",     1, "backward changes nothing but gradients, of nothing but what y was made from",
                        follows(elsewhere, Value, on=aside)),
    Row("graphs",  2.5, "random graphs of every operation are right",    follows(value_and_derivatives, Value)),
    Row("large",     2, "neither 10,000 operations in a chain nor 2⁴⁰ paths are too much", follows(ends, Value, on=large)),
])
