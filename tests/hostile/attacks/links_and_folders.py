"""Reach out or persist: makes links, folders and pipes among the grader's files.

breaches: seccomp process naive
"""

import os


def breach():
    target = os.path.join(WORLD["folder"], WORLD["token"])
    for make in (
        lambda: os.symlink("/etc/passwd", target + "-symlink"),
        lambda: os.link(WORLD["secret"], target + "-link"),
        lambda: os.mkdir(target + "-folder"),
        lambda: os.mkfifo(target + "-pipe"),
        lambda: open(target + "-file", "w").close(),
    ):
        try:
            make()
        except OSError:
            continue
    return False  # seen outside
