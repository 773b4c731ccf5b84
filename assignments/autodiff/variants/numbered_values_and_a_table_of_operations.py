"""numbered values and a table of operations"""

import heapq
import math

TABLE = {
    "+": (lambda x, y: x + y, lambda x, y, out: (1, 1)),
    "-": (lambda x, y: x - y, lambda x, y, out: (1, -1)),
    "*": (lambda x, y: x * y, lambda x, y, out: (y, x)),
    "/": (lambda x, y: x / y, lambda x, y, out: (1 / y, -x / y**2)),
    "exp": (math.exp, lambda x, out: (out,)),
    "log": (math.log, lambda x, out: (x**-1,)),
    "tanh": (math.tanh, lambda x, out: (1 / math.cosh(x) ** 2,)),
    "relu": (lambda x: (x + abs(x)) / 2, lambda x, out: (float(out > 0),)),
}


class Value:
    """Values are numbered as they are made: the newest of what waits has no consumer left that waits, too."""

    made = 0

    def __init__(self, data, operation=None, operands=()):
        self.data, self.grad, self.operation, self.operands = float(data), 0.0, operation, operands
        self.number = Value.made = Value.made + 1

    def __lt__(self, other):
        return self.number > other.number

    def __pow__(self, n):
        return Value(self.data**n, (None, lambda x, out: (n and n * x ** (n - 1),)), [self])

    def __neg__(self):
        return 0.0 - self

    def backward(self):
        gradients, waiting = {self: 1.0}, [self]
        while waiting:
            node = heapq.heappop(waiting)
            node.grad = gradients[node]
            if node.operation:
                slopes = node.operation[1](*[x.data for x in node.operands], node.data)
                for x, slope in zip(node.operands, slopes):
                    if x not in gradients:
                        heapq.heappush(waiting, x)
                    gradients[x] = gradients.get(x, 0.0) + slope * node.grad


def operation(entry, swapped=False):
    def method(*operands):
        values = [x if isinstance(x, Value) else Value(x) for x in operands]
        values = values[::-1] if swapped else values
        return Value(entry[0](*[x.data for x in values]), entry, values)

    return method


for symbol, name in {"+": "add", "-": "sub", "*": "mul", "/": "truediv"}.items():
    setattr(Value, f"__{name}__", operation(TABLE[symbol]))
    setattr(Value, f"__r{name}__", operation(TABLE[symbol], swapped=True))
for name in ("exp", "log", "tanh", "relu"):
    setattr(Value, name, operation(TABLE[name]))
