"""Reach out or persist: opens sockets of families that no network namespace confines: to the hypervisor, to the kernel.

breaches: landlock process
needs: root
"""

import socket


def breach():
    for family, kind in (
        (40, socket.SOCK_STREAM),
        (38, socket.SOCK_SEQPACKET),
        (17, socket.SOCK_RAW),
    ):  # VSOCK, ALG, PACKET
        try:
            socket.socket(family, kind).close()
            return True
        except OSError:
            continue
    return False
