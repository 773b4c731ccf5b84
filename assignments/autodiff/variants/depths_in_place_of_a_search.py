"""depths in place of a search"""


class Value(Value):  # the solution's, which also knows how deep it lies
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.depth = 1 + max((parent.depth for parent, _ in parents), default=0)
        self.parents = parents  # pairs (parent, derivative of this value with respect to it)


def parents_first(output):
    """A value lies deeper than all that it was made from: sort by depth."""
    found, waiting = {output}, [output]
    while waiting:
        new = {parent for parent, _ in waiting.pop().parents} - found
        found |= new
        waiting += new
    return sorted(found, key=lambda node: node.depth)
