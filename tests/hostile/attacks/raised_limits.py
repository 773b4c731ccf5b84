"""Exhaust: lifts its own limits, and lowers one of the process that started it.

breaches: landlock process naive
"""

import contextlib
import os
import resource

KINDS = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE)
WITHOUT_END = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def breach():
    for kind in KINDS:
        with contextlib.suppress(OSError, ValueError):
            if resource.getrlimit(kind) != WITHOUT_END:
                resource.setrlimit(kind, WITHOUT_END)
                return True
    with contextlib.suppress(OSError, ValueError):
        resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))
        return os.getppid() != 0
    return False
