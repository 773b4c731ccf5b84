"""Steal or forge: looks for secrets and paths of the grader in the environment and in the command line.

breaches: naive
"""

import os
import sys


def breach():
    seen = [*os.environ, *os.environ.values(), *sys.argv, *getattr(sys, "orig_argv", [])]
    return any("GRADER_SECRET" in text or "secret-" in text or "gradebook" in text for text in seen)
