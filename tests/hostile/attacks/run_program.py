"""Reach out or persist: runs a program of the system through subprocess, os.system and posix_spawn.

breaches: process naive
"""

import os
import subprocess


def breach():
    ways = (
        lambda: subprocess.run(["/bin/true"]).returncode == 0,
        lambda: os.system("true") == 0,
        lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)[1] == 0,
    )
    for way in ways:
        try:
            if way():
                return True
        except OSError:
            continue
    return False
