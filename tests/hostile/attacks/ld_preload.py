"""Reach out or persist: sets LD_PRELOAD and starts a program, so that a library of its own is loaded into it.

breaches: process naive
"""

import ctypes.util
import os
import subprocess


def breach():
    os.environ["LD_PRELOAD"] = ctypes.util.find_library("m") or "libm.so.6"
    try:
        said = subprocess.run(["/bin/sh", "-c", "echo $LD_PRELOAD"], capture_output=True).stdout
        return b"libm" in said
    finally:
        del os.environ["LD_PRELOAD"]
