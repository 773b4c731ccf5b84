"""Exhaust: leaves a grandchild behind in a session of its own, to go on when its parents are gone.

breaches: landlock process naive
"""

import os
import time


def breach():
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return False
    os.setsid()
    if os.fork() == 0:
        time.sleep(6)
    os._exit(0)
