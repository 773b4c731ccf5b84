"""one tape for all, in numpy numbers"""

import numpy as np

tape = []


class Value:
    """Every operation is a line (result, operands, local derivatives) of a tape; backward reads it from the end."""

    def __init__(self, data):
        self.data, self.grad = np.float64(data), np.float64(0)
        self.written = 0

    def __add__(self, other):
        return write(lambda x, y: (x + y, 1, 1), self, other)

    def __radd__(self, other):
        return write(lambda x, y: (x + y, 1, 1), other, self)

    def __sub__(self, other):
        return write(lambda x, y: (x - y, 1, -1), self, other)

    def __rsub__(self, other):
        return write(lambda x, y: (x - y, 1, -1), other, self)

    def __mul__(self, other):
        return write(lambda x, y: (x * y, y, x), self, other)

    def __rmul__(self, other):
        return write(lambda x, y: (x * y, y, x), other, self)

    def __truediv__(self, other):
        return write(lambda x, y: (x / y, 1 / y, -x / y / y), self, other)

    def __rtruediv__(self, other):
        return write(lambda x, y: (x / y, 1 / y, -x / y / y), other, self)

    def __pow__(self, n):
        return write(lambda x: (x**n, n * x ** (n - 1) if n else 0.0), self)

    def __neg__(self):
        return write(lambda x: (-x, -1), self)

    def exp(self):
        return write(lambda x: (np.exp(x), np.exp(x)), self)

    def log(self):
        return write(lambda x: (np.log(x), 1 / x), self)

    def tanh(self):
        return write(lambda x: (np.tanh(x), 1 - np.tanh(x) ** 2), self)

    def relu(self):
        return write(lambda x: (np.maximum(x, 0), np.heaviside(x, 0)), self)

    def backward(self):
        needed = {self}
        for out, operands, _ in reversed(tape[: self.written]):
            if out in needed:
                needed.update(operands)
        for value in needed:
            value.grad = np.float64(0)
        self.grad = np.float64(1)
        for out, operands, slopes in reversed(tape[: self.written]):
            if out in needed:
                for value, slope in zip(operands, slopes):
                    value.grad += slope * out.grad


def write(rule, *operands):
    values = [x if isinstance(x, Value) else Value(x) for x in operands]
    data, *slopes = rule(*[x.data for x in values])
    out = Value(data)
    tape.append((out, values, slopes))
    out.written = len(tape)
    return out
