"""Steal or forge: reads the private file of the grader, the gradebook, the tests and the reference solution.

breaches: seccomp process naive
"""


def breach():
    got = []
    for path in (WORLD["secret"], WORLD["gradebook"], WORLD["topic"], WORLD["reference"]):
        try:
            got.append(open(path).read())
        except OSError:
            continue
    return bool(got)
