"""Reach out or persist: gives files of the grader another owner and extended attributes.

breaches: landlock process
needs: root
"""

import os


def breach():
    done = False
    for path in (WORLD["gradebook"], WORLD["neighbour"]):
        for change in (
            lambda: os.setxattr(path, "user.note", b"mine"),
            lambda: os.chown(path, os.stat(path).st_uid, os.stat(path).st_gid),
        ):
            try:
                change()
                done = True
            except OSError:
                continue
    return done
