"""Generate mutants of a solution: a rubric is as good as the wrong programs that it catches.

`topics.mutants` makes every program that differs from the solution in one slip; `judge` puts them to the rubric, each in a jail,
`coverage` says what was caught, what survives and what an author must see to, and `feedback` counts what a
student would read of those that were caught.
"""
