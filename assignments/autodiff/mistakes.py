"""Known ways to get automatic differentiation wrong, with what helps the student."""

from grader import Equivalent, Mistake

PUSH = "            for parent, slope in node.parents:\n                parent.grad += slope * node.grad\n"
FORGET = "        for node in order:\n            node.grad = 0.0\n"
SUM = "return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])"
DIFFERENCE = "return Value(self.data - other.data, [(self, 1.0), (other, -1.0)])"
PRODUCT = "[(self, other.data), (other, self.data)]"
QUOTIENT = "[(self, 1 / other.data), (other, -quotient / other.data)]"
POWER = "exponent * self.data ** (exponent - 1) if exponent else 0.0"
EXP = "return Value(out, [(self, out)])"
LOG = "return Value(math.log(self.data), [(self, 1 / self.data)])"
TANH = "[(self, 1 - out**2)]"
RELU = "[(self, 1.0 if self.data > 0 else 0.0)]"
WRAPPED = "    def {name}(self, other):\n        other = as_value(other)\n"
RECURSIVE = """
def parents_first(output):
    order, seen = [], set()
    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent, _ in node.parents:
                visit(parent)
            order.append(node)
    visit(output)
    return order
"""
BREADTH_FIRST = """
def parents_first(output):
    order, seen = [output], {output}
    for node in order:
        for parent, _ in node.parents:
            if parent not in seen:
                seen.add(parent)
                order.append(parent)
    return order[::-1]
"""
COUNTED = """
def parents_first(output):
    order, left, ready = [], {}, [output]
    while ready:
        node = ready.pop()
        order.append(node)
        for parent, _ in node.parents:
            left[parent] = left.get(parent, parent.consumers) - 1
            if left[parent] == 0:
                ready.append(parent)
    return order[::-1]
"""
DEPTH_FIRST = """
def parents_first(output):
    order, seen, stack = [], set(), [output]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            order.append(node)
            stack += [parent for parent, _ in node.parents]
    return order[::-1]
"""

EVERY_PATH = """
class Value(Value):
    def backward(self, gradient=None):
        if gradient is None:
            for node in parents_first(self):
                node.grad = 0.0
            gradient = 1.0
        self.grad += gradient
        for parent, slope in self.parents:
            parent.backward(slope * gradient)
"""
MARKED = """
def parents_first(output):
    order, stack = [], [(output, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif not node.visited:
            node.visited = True
            stack.append((node, True))
            stack += [(parent, False) for parent, _ in node.parents]
    return order
"""

mistakes = [
    # sums over paths
    Mistake("= in place of +=",                  "parent.grad += slope * node.grad",  "parent.grad = slope * node.grad",
            "You set a parent's grad, so the last use of a value overwrites the others. Each use adds its share: +=."),
    Mistake("parents in a set",                  "        self.parents = parents  #", "        self.parents = set(parents)  #",
            "You keep the parents in a set, and a set has nothing twice: a + a has one parent then, and half of its gradient is "
            "lost. Keep them in a list or a tuple."),
    Mistake("gradients kept across calls",       FORGET,                              "",
            "You add to the gradients of the last backward, as PyTorch and micrograd do until zero_grad is called. Here backward "
            "starts afresh: set grad to 0 in the whole graph first."),
    Mistake("only leaves start afresh",
            FORGET, "        for node in order:\n            if not node.parents:\n                node.grad = 0.0\n",
            "You set the leaves' gradients to 0, but values in between still hold those of the last backward and pass them on "
            "again. Every value of the graph starts from 0."),
    Mistake("only computed values start afresh",
            FORGET, "        for node in order:\n            if node.parents:\n                node.grad = 0.0\n",
            "The leaves still hold the gradients of the last backward, and you add to them. Every value of the graph starts "
            "from 0, leaves too."),
    Mistake("output's gradient not 1",           "        self.grad = 1.0\n",         "        self.grad = self.data\n",
            "backward starts with the derivative of y with respect to y, which is 1, whatever y is."),
    Mistake("output's gradient left at 0",       "        self.grad = 1.0\n",         "",
            "All your gradients are 0, since nothing starts them: dy/dy = 1, so set self.grad = 1 before you go back.",
            costs=29),  # dead: as an empty backward
    Mistake("upstream gradient left out",        "parent.grad += slope * node.grad",  "parent.grad += slope",
            "You add the local derivative by itself. The chain rule multiplies it by the gradient that arrives: slope · "
            "node.grad."),
    Mistake("only the first parent",
            PUSH, "            for parent, slope in node.parents[:1]:\n                parent.grad += slope * node.grad\n",
            "The gradient goes to the first operand only. An operation of two values has two derivatives."),
    Mistake("closure over the loop variable",    PUSH,
            "            for push in [lambda: parent.receive(slope * node.grad) for parent, slope in node.parents]:\n"
            "                push()\n\n    def receive(self, gradient):\n        self.grad += gradient\n",
            "Functions that you make in a loop look up the loop's variables when they are called, after the loop: all of them "
            "see the last parent. Bind what each one needs, as in lambda parent=parent, slope=slope: …"),
    # order
    Mistake("gradients go back one step only",    "for node in reversed(order)", "for node in order",
            "Only the operands of y get their gradients. Start at y and go on to the leaves: in the other direction, each value "
            "passes on a gradient that has not arrived yet."),
    Mistake("breadth first", code=BREADTH_FIRST,
            say="You visit values by their distance from y. A value that reaches y by a short and by a long way is then visited "
                "before the long way has added its share, and passes on too little. Visit it "
                "after all its consumers: topological order."),
    Mistake("depth first, as found", code=DEPTH_FIRST,
            say="You visit values in the order in which a depth-first search comes upon them. Some are then visited before all "
                "their consumers, and pass on too little. Append a value when its parents are done, and go through the list from "
                "its end."),
    Mistake("consumers counted as they are made", "        self.parents = parents  #",
            "        self.consumers = 0\n        for parent, _ in parents:\n            parent.consumers += 1\n"
            "        self.parents = parents  #",
            "You count all consumers of a value, also those that y was not made from. They never report, so the value is never "
            "visited. Count in backward, and only what leads to y.", code=COUNTED),
    Mistake("depth first, with recursion", code=RECURSIVE,
            say="One call within another for every operation: Python stops at a depth of 1,000. Keep a list of what is still to "
                "do, in a loop."),
    # Nothing but the depth of its calls is seen of it: no row can wait until all paths have been followed.
    Mistake("recursion as deep as the graph", code=EVERY_PATH,
            say="One call within another for every operation: Python stops at a depth of 1,000. Keep a list of what is still to "
                "do, in a loop; and if you follow each path from y by itself, complete a gradient first, then pass it on once."),
    Mistake("equal values taken for the same",    "    def backward(self):\n",
            "    def __eq__(self, other):\n        return self.data == other.data\n\n    def __hash__(self):\n"
            "        return hash(self.data)\n\n    def backward(self):\n",
            "Two values with equal data count as one, so the second is never visited. What was visited is a matter of identity: "
            "do not define __eq__, or keep a set of id(value)."),
    Mistake("a dataclass, compared by its data",  "    def backward(self):\n",
            "    def __eq__(self, other):\n        return self.data == other.data\n\n    def backward(self):\n",
            "A class with an __eq__ (a @dataclass has one) cannot be put into a set, and compares by data, while two values with "
            "equal data are still two. Use @dataclass(eq=False), or a plain class."),
    Mistake("the graph is taken apart",          PUSH, PUSH + "            node.parents = ()\n",
            "backward takes the parents away from each value, so the next backward does not get past it. PyTorch frees what it "
            "kept, too, but then refuses a second backward; here the graph stays as it is.", loses="later"),
    Mistake("visited for ever",                  "        self.parents = parents  #",
            "        self.visited = False\n        self.parents = parents  #",
            "Your values keep the mark that says they were visited, so the next backward passes them by. Keep what was visited "
            "in a set that is new in each call.", code=MARKED, loses="later"),
    Mistake("gradients clipped",                 "parent.grad += slope * node.grad",
            "parent.grad += max(-1000.0, min(slope * node.grad, 1000.0))",
            "You cut large gradients off. That is a trick of training, and the optimiser's business: backward computes "
            "derivatives, however large.", loses="sizes"),
    # sums and differences
    Mistake("difference: + for the second operand", DIFFERENCE, "return Value(self.data - other.data, [(self, 1.0), (other, 1.0)])",
            "The derivative of a − b with respect to b is −1."),
    Mistake("negation: gradient not negated", "return Value(-self.data, [(self, -1.0)])", "return Value(-self.data, [(self, 1.0)])",
            "The derivative of −a is −1."),
    Mistake("sum: only the first operand",          SUM,        "return Value(self.data + other.data, [(self, 1.0)])",
            "a + b depends on b, too: both operands receive the gradient."),
    # products and quotients
    Mistake("product: each operand's own data",             PRODUCT,  "[(self, self.data), (other, other.data)]",
            "You give each factor its own data. The derivative of a · b with respect to a is b: the other one's."),
    Mistake("quotient: sign of the denominator's gradient", QUOTIENT, "[(self, 1 / other.data), (other, quotient / other.data)]",
            "a / b falls when b grows (for a and b positive): the derivative with respect to b is −a / b²."),
    Mistake("quotient: -a / b in place of -a / b²",         QUOTIENT, "[(self, 1 / other.data), (other, -quotient)]",
            "The derivative of a / b with respect to b is −a / b²; you divide by b only once."),
    Mistake("quotient: -1 / b² for the denominator",        QUOTIENT, "[(self, 1 / other.data), (other, -1 / other.data**2)]",
            "The derivative of a / b with respect to b is −a / b²: the numerator is missing."),
    Mistake("quotient: gradients of a product",             QUOTIENT, "[(self, other.data), (other, self.data)]",
            "Those are the derivatives of a · b. For a / b they are 1 / b and −a / b²."),
    # powers
    Mistake("power: 0 ** -1 in the slope of a ** 0", POWER, "exponent * self.data ** (exponent - 1)",
            "The derivative of a ** 0 is 0 everywhere, but n · aⁿ⁻¹ asks Python for 0.0 ** -1 where a is 0. Take n = 0 by itself.",
            loses="zero"),
    Mistake("power: exponent not lowered", POWER, "exponent * self.data**exponent",
            "The derivative of aⁿ is n · aⁿ⁻¹; you keep the exponent n."),
    Mistake("power: factor n missing",     POWER, "self.data ** (exponent - 1)",
            "The derivative of aⁿ is n · aⁿ⁻¹; the factor n is missing."),
    Mistake("power: n · aⁿ / a",           POWER, "exponent * self.data**exponent / self.data",
            "n · aⁿ / a is n · aⁿ⁻¹, but not at a = 0, where it divides by 0. Lower the exponent instead."),
    Mistake("power: by exp and log", "return Value(self.data**exponent, [(self, slope)])", "return (exponent * self.log()).exp()",
            "exp(n · log a) is aⁿ for positive a only; (−2)³ has no logarithm. Use ** on the data."),
    # functions
    Mistake("exp: derivative of a power",              EXP,  "return Value(out, [(self, self.data * math.exp(self.data - 1))])",
            "You treat eᵃ as a power of a. It is its own derivative: eᵃ."),
    Mistake("exp: the argument as slope",              EXP,  "return Value(out, [(self, self.data)])",
            "The derivative of eᵃ is eᵃ, the output; you use the input."),
    Mistake("log: 1 / output",                         LOG,  "return Value(math.log(self.data), [(self, 1 / math.log(self.data))])",
            "The derivative of log a is 1 / a, with the input a; you divide by the output."),
    Mistake("log: base 10",                            LOG,  "return Value(math.log10(self.data), [(self, 1 / self.data)])",
            "log is the natural logarithm: math.log or np.log, not log10."),
    Mistake("tanh: 1 - a² in place of 1 - tanh²",      TANH, "[(self, 1 - self.data**2)]",
            "The derivative is 1 − tanh², with the output; you square the input."),
    Mistake("tanh: slope of the sigmoid",              TANH, "[(self, out * (1 - out))]",
            "out · (1 − out) is the slope of the sigmoid. That of tanh is 1 − out²."),
    Mistake("relu: slope 1 at 0",                      "self.data > 0", "self.data >= 0",
            "At exactly 0 the slope of ReLU is a convention; graded is 0, as in PyTorch."),
    Mistake("relu: negative inputs pass the gradient", RELU, "[(self, 1.0)]",
            "Where the input is negative, relu is 0 whatever the input, and so is its slope."),
    Mistake("relu: the output as slope",               RELU, "[(self, max(self.data, 0.0))]",
            "The slope of relu is 1 where the input is positive, not the output."),
    # plain numbers
    Mistake("plain numbers not made values",              WRAPPED.format(name="__add__"),  "    def __add__(self, other):\n",
            "In a + 2 and a * 4 the number has no .data. Make a Value of what is none, before you use it.",
            also=[(WRAPPED.format(name="__mul__"), "    def __mul__(self, other):\n")]),
    Mistake("no __radd__",                                "    def __radd__(self, other):\n        return self + other\n\n", "",
            "2 + a asks the number 2 first, which knows no Value, and then a.__radd__(2): define it."),
    Mistake("no __rmul__",                                "    def __rmul__(self, other):\n        return self * other\n\n", "",
            "0.5 * a asks the number first, which knows no Value, and then a.__rmul__(0.5): define it."),
    Mistake("3 - a computed as a - 3",                    "return as_value(other) - self", "return self - other",
            "3 - a calls a.__rsub__(3): self is what stands on the right."),
    Mistake("2 / a computed as a / 2",                    "return as_value(other) / self", "return self / other",
            "2 / a calls a.__rtruediv__(2): self is what stands below."),
    Mistake("a plain number's result forgets its parent", "return as_value(other) - self", "return Value(other - self.data)",
            "3 - a has the right data, but does not know that it was made from a, so no gradient comes to a."),
    # what backward leaves alone
    Mistake("values outside the graph change",
            "        self.parents = parents  #", "        everything.append(self)\n        self.parents = parents  #",
            "You set the gradients of all values there are to 0. y.backward() changes only those that y was computed from.",
            also=[(FORGET, "        for node in everything:\n            node.grad = 0.0\n"),
                  ("def as_value(number)", "everything = []\n\n\ndef as_value(number)")]),
    Mistake("grad is None before backward",
            "        self.grad = 0.0\n        self.parents", "        self.grad = None\n        self.parents",
            "A value that no backward has come to has grad 0 here (in PyTorch it is None)."),
    Mistake("grad starts at 1", "        self.grad = 0.0\n        self.parents", "        self.grad = 1.0\n        self.parents",
            "A new value has grad 0. Only the output of backward gets 1, when backward is called on it."),
    Mistake("backward changes the data",       "parent.grad += slope * node.grad\n",
            "parent.grad += slope * node.grad\n        for node in order:\n            node.data -= 0.01 * node.grad\n",
            "backward computes gradients and nothing else. Steps downhill are the optimiser's business."),
]

ORDER = "Each parent keeps its own slope: which of the two is named first does not matter."
MUL = "return Value(self.data * other.data, [(self, other.data), (other, self.data)])"
DIV = "return Value(quotient, [(self, 1 / other.data), (other, -quotient / other.data)])"

equivalents = [
    Equivalent(SUM, SUM.replace("(self, 1.0), (other, 1.0)", "(other, 1.0), (self, 1.0)"), ORDER),
    Equivalent(DIFFERENCE, DIFFERENCE.replace("(self, 1.0), (other, -1.0)", "(other, -1.0), (self, 1.0)"), ORDER),
    Equivalent(MUL, MUL.replace("(self, other.data), (other, self.data)", "(other, self.data), (self, other.data)"), ORDER),
    Equivalent(DIV, "return Value(quotient, [(other, -quotient / other.data), (self, 1 / other.data)])", ORDER),
]
