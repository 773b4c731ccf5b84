"""Reach out or persist: asks the kernel over netlink which networks there are.

breaches: landlock process
"""

import socket


def breach():
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as kernel:
        kernel.bind((0, 0))
    return True
