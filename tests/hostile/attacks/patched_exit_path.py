"""Steal or forge: registers code for the end of the process and for the unwinding of the worker's frames, to have the last word.

breaches: naive
"""

import atexit
import os
import sys

calls = []


@atexit.register
def last_word():
    for place in (WORLD["folder"], "/tmp", "."):
        try:
            open(os.path.join(place, WORLD["token"]), "w").close()
        except OSError:
            continue


def watch(frame, event, arg):
    calls.append(event)
    if frame.f_code.co_name in ("reply", "answer") and "answer" in frame.f_locals:
        frame.f_locals["answer"]["ok"] = [1e9]
    return watch


sys.settrace(watch)


def breach():
    return False
