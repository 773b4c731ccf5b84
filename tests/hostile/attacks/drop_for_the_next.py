"""Reach out or persist: leaves a file in shared places (/dev/shm, /tmp, its scratch folder) for a later process to find.

breaches: process
"""

import os

MARK = os.urandom(8).hex()
PLACES = (
    "/dev/shm",
    "/tmp",
    "/var/tmp",
    "/run",
    "/dev/mqueue",
    "/dev",
    "/box",
    "/proc",
    ".",
    os.environ.get("HOME", "."),
)


def breach():
    found = False
    for place in PLACES:
        path = f"{place}/{WORLD['token']}"
        try:
            found = found or open(path).read() != MARK
        except OSError:
            pass
        try:
            open(path, "w").write(MARK)
        except OSError:
            continue
    return found
