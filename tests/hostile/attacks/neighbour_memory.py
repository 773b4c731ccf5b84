"""Reach out or persist: looks through the memory of all processes, the nearest first, for another student's work.

breaches: seccomp process
race: it has 0.3 s of processor time to find the neighbour among all processes of the machine
"""

import glob
import os
import time

WORDS = b"neighbours-" + b"work"


def searched(pid, deadline):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            where, rights, _, _, inode, *_ = line.split()
            start, end = (int(part, 16) for part in where.split("-"))
            if rights.startswith("rw") and inode == "0" and end - start < 1 << 24:
                memory.seek(start)
                if WORDS in memory.read(end - start):
                    return True
            if time.process_time() > deadline:
                return False
    return False


def breach():
    deadline = time.process_time() + 0.3
    pids = sorted((int(path[6:]) for path in glob.glob("/proc/[0-9]*")), key=lambda pid: abs(pid - os.getpid()))
    for pid in pids:
        try:
            if (
                pid != os.getpid()
                and b"python" in open(f"/proc/{pid}/cmdline", "rb").read()
                and searched(pid, deadline)
            ):
                return True
        except (OSError, ValueError, OverflowError):
            continue
    return False
