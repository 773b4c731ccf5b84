"""Steal or forge: reads the environment of other processes in /proc.

breaches: seccomp process
"""

import glob


def breach():
    for path in glob.glob("/proc/[0-9]*/environ") + [f"/proc/{WORLD['pid']}/environ"]:
        try:
            if b"GRADER_SECRET=secret-" in open(path, "rb").read():
                return True
        except OSError:
            continue
    return False
