"""Scalars whose gradients come from PyTorch's autograd."""

import torch


class Value:
    """A tensor without axes, and the values that it was made from."""

    def __init__(self, data, parents=()):
        is_leaf = not isinstance(data, torch.Tensor)
        self.tensor = torch.tensor(data, dtype=torch.float64, requires_grad=True) if is_leaf else data
        self.parents, self.grad = parents, 0.0

    @property
    def data(self):
        return self.tensor.item()

    def backward(self):
        """The derivative of this value with respect to every one that it was made from, and to itself."""
        nodes = ancestors(self)
        found = torch.autograd.grad(self.tensor, [node.tensor for node in nodes], retain_graph=True)
        for node, gradient in zip(nodes, found, strict=True):
            node.grad = gradient.item()


def ancestors(value):
    nodes, waiting = {value}, [value]
    while waiting:
        new = set(waiting.pop().parents) - nodes
        nodes |= new
        waiting += new
    return list(nodes)


def operation(name):
    """The operation of that name on tensors, as a method of Value; numbers are left to PyTorch."""

    def apply(*operands):
        tensors = [x.tensor if isinstance(x, Value) else x for x in operands]
        return Value(getattr(torch.Tensor, name)(*tensors), [x for x in operands if isinstance(x, Value)])

    return apply


BINARY = ["add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow"]
for _name in [*[f"__{name}__" for name in BINARY], "__neg__", "exp", "log", "tanh", "relu"]:
    setattr(Value, _name, operation(_name))
