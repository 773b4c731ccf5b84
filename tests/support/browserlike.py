"""Makes a running interpreter as poor as one in a browser: no sockets, no limits, no file locks, no threads, no processes."""

DEPRIVE = """
import builtins, sys, threading
import numpy, numpy.random

LACKING = {"fcntl", "resource", "socket", "_socket", "_posixsubprocess", "subprocess", "multiprocessing"}

def refuse(name, *rest, really=builtins.__import__, **more):
    if name.partition(".")[0] in LACKING:
        raise ImportError(f"there is no {name} in a browser")
    return really(name, *rest, **more)

def no_thread(self):
    raise RuntimeError("there are no threads in a browser")

for name in LACKING:
    sys.modules.pop(name, None)
builtins.__import__, threading.Thread.start = refuse, no_thread
"""
