"""Exhaust: starts 1,000 threads with the smallest of stacks.

breaches: naive
"""

import _thread

THREADS = 1000


def breach():
    held = _thread.allocate_lock()
    held.acquire()
    _thread.stack_size(1 << 15)
    try:
        for _ in range(THREADS):
            _thread.start_new_thread(held.acquire, ())
        return True
    except RuntimeError:
        return False
