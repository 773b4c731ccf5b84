"""a function for each value"""

import math


class Value:
    """As micrograd does it: every result brings a function that passes its gradient on. Order by counting uses."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents
        self.push = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def push():
            self.grad += out.grad
            other.grad += out.grad

        out.push = push
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def push():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.push = push
        return out

    def __pow__(self, n):
        return self.of(self.data**n, lambda: n * self.data ** (n - 1) if n != 0 else 0)

    def exp(self):
        return self.of(math.exp(self.data), lambda: math.exp(self.data))

    def log(self):
        return self.of(math.log(self.data), lambda: 1 / self.data)

    def tanh(self):
        e = math.exp(2 * self.data)
        return self.of((e - 1) / (e + 1), lambda: 4 * e / (e + 1) ** 2)

    def relu(self):
        return self.of(self.data if self.data > 0 else 0, lambda: int(self.data > 0))

    def of(self, data, slope):
        out = Value(data, (self,))

        def push():
            self.grad += slope() * out.grad

        out.push = push
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return self**-1 * other

    def backward(self):
        uses, found = {id(self): 0}, [self]
        for node in found:
            node.grad = 0.0
            for parent in node.parents:
                if id(parent) not in uses:
                    uses[id(parent)] = 0
                    found.append(parent)
                uses[id(parent)] += 1
        self.grad, ready = 1.0, [self]
        while ready:
            node = ready.pop()
            node.push()
            for parent in node.parents:
                uses[id(parent)] -= 1
                if uses[id(parent)] == 0:
                    ready.append(parent)
