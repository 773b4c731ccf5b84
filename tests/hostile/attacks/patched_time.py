"""Reach out or persist: stops all clocks of Python and takes its time.

breaches: naive
seen: of processor time
"""

import time

for clock in ("time", "perf_counter", "process_time", "monotonic", "thread_time", "time_ns", "perf_counter_ns"):
    setattr(time, clock, lambda: 0)


def softmax_xent_grad(logits, labels):
    while True:
        pass


def breach():
    return False
