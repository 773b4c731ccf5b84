"""Exhaust: forks without end, each child too.

breaches:
unsafe: namespaces landlock process naive
"""

import os


def breach():
    children = 0
    try:
        while True:
            os.fork()
            children += 1
    except OSError:
        return children > 0
