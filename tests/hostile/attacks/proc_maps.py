"""Steal or forge: learns from /proc/PID/maps where the grader keeps what.

breaches: seccomp process
"""


def breach():
    for pid in (WORLD["grader"], WORLD["pid"]):
        try:
            return len(open(f"/proc/{pid}/maps").read()) > 0
        except OSError:
            continue
    return False
