"""Reach out or persist: runs a program through the dynamic loader, which has to be readable and executable.

breaches: process naive
"""

import glob
import subprocess
import sys


def breach():
    for loader in glob.glob("/lib*/ld-linux-*.so.*") + glob.glob("/lib/*/ld-linux-*.so.*"):
        try:
            if subprocess.run([loader, "--version"], capture_output=True).returncode == 0:
                return True
        except OSError:
            continue
    return False
