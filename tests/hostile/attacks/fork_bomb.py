"""Exhaust: forks without end, each child too, and every child stays.

breaches: namespaces
unsafe: landlock process careless naive
"""

import os
import time

children = []


def breach():
    first = os.getpid()
    while True:
        try:
            if child := os.fork():
                children.append(child)
        except OSError:
            if os.getpid() == first:
                return children != []
            time.sleep(60)
