"""Reach out or persist: changes the limits and the priority of another process.

breaches: process
needs: root
"""

import os
import resource


def breach():
    for change in (
        lambda: resource.prlimit(WORLD["pid"], resource.RLIMIT_NOFILE, (256, 512)),
        lambda: os.setpriority(os.PRIO_PROCESS, WORLD["pid"], 1),
        lambda: os.sched_setaffinity(WORLD["pid"], os.sched_getaffinity(WORLD["pid"])),
    ):
        try:
            change()
            return True
        except OSError:
            continue
    return False
