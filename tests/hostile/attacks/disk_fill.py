"""Exhaust: writes 20 MB to wherever it can, and then 1,000 files.

breaches: seccomp process naive
"""

import contextlib
import os
import shutil
import tempfile

BLOCK = bytes(1 << 20)


def filled(place):
    folder = tempfile.mkdtemp(dir=place, prefix=WORLD["token"])  # noqa: F821
    try:
        for number in range(20):
            with open(os.path.join(folder, str(number)), "wb") as file:
                file.write(BLOCK)
        for number in range(1000):
            open(os.path.join(folder, f"empty-{number}"), "w").close()
        return True
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def breach():
    for place in (".", "/tmp", "/dev/shm", "/var/tmp", os.path.expanduser("~"), WORLD["folder"]):  # noqa: F821
        with contextlib.suppress(OSError):
            if filled(place):
                return True
    return False
