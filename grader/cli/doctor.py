"""Run `grader doctor`: measure what this machine can promise about untrusted code."""

from __future__ import annotations

import json
import platform
import shutil
import sys

from ..inside import landlock, seccomp
from ..submission.jail.levels import ADVICE, TRUSTED_FROM, measure, measured_jail
from .exits import Exit


def examine(form: str) -> Exit:
    """Print the level and what it rests on. Return FAILED below the level at which submissions need not be trusted."""
    jail = measured_jail(("numpy",))
    try:
        measured = measure(jail)
    finally:
        jail.close()
    facts = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "bubblewrap": shutil.which("bwrap") or "not installed",
        "landlock": f"ABI {landlock.abi()}" if sys.platform == "linux" and landlock.abi() else "not in this kernel",
        "libseccomp": "installed" if seccomp.available() else "not installed",
    }
    if form == "text":
        print(measured.sentence)
        for name, got in measured.escaped.items():
            print(f"  {'OUT ' if got else 'held'}  {name.replace('_', ' ')}")
        for name, fact in facts.items():
            print(f"  {name}: {fact}")
        if measured.level < 3:
            print(f"  {ADVICE}")
    else:
        data = {"level": measured.level, "sentence": measured.sentence, "escaped": dict(measured.escaped), **facts}
        print(json.dumps(data, indent=2 if form == "json" else None))
    return Exit.OK if measured.level >= TRUSTED_FROM else Exit.FAILED
