"""Reach out or persist: starts another Python, with the packages that the course does not allow.

breaches: process naive
"""

import subprocess
import sys


def breach():
    return subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True).stdout.strip() == b"42"
