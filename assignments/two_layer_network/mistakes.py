"""Known."""

from grader import Mistake, Variant

mistakes = [Mistake("a", "dZ2 = A2 - Y", "dZ2 = Y - A2", say="x")]
variants = []
