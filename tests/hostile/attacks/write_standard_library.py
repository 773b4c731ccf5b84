"""Reach out or persist: writes into the standard library and beside it, where sitecustomize.py would be run by every Python.

breaches: process naive
"""

import os
import sys
import sysconfig


def breach():
    wrote = False
    for folder in (sysconfig.get_path("stdlib"), os.path.dirname(os.__file__), *sys.path[:4]):
        try:
            with open(os.path.join(folder, f"sitecustomize-{WORLD['token']}.py"), "x"):
                wrote = True
            os.unlink(os.path.join(folder, f"sitecustomize-{WORLD['token']}.py"))
        except OSError:
            continue
    return wrote
