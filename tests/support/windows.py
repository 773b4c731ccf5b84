"""Makes a running interpreter as much like one of Windows as another system lets it be. Import `grader` afterwards.

What is really tried so: that nothing of ours wants what Windows lacks, and the code that it takes instead, with the standard
library's and psutil's own parts for this system below it. What is not tried is Windows.
"""

import os
import signal
import socket
import sys
import tempfile
import threading

LACKING = {
    os: "fork forkpty killpg getpgid getpgrp setpgid setsid getuid geteuid getgid getegid getgroups setuid setgid chown "
    "lchown mkfifo mknod readv writev preadv pwritev pidfd_open wait3 wait4 memfd_create sched_getaffinity statvfs "
    "sysconf getloadavg nice chroot setxattr getxattr O_NOFOLLOW O_PATH",
    signal: "SIGALRM SIGHUP SIGQUIT SIGUSR1 SIGUSR2 SIGXCPU SIGCHLD SIGSTOP SIGCONT alarm setitimer pidfd_send_signal "
    "pthread_sigmask pthread_kill sigwait",
    socket: "AF_UNIX SOCK_SEQPACKET send_fds recv_fds SCM_RIGHTS",
}
MODULES = ("resource", "fcntl", "pwd", "grp", "termios", "pty", "tty", "syslog")
UNIX, send_fds, recv_fds = socket.AF_UNIX, socket.send_fds, socket.recv_fds


def deprive() -> None:
    """Take away what Windows has not got."""
    for module, names in LACKING.items():
        for name in names.split():
            if hasattr(module, name):
                delattr(module, name)
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]  # importing it raises ImportError


def give() -> None:
    """Add what only Windows has: sockets that are shared with a process by a description in bytes."""
    socket.fromshare = fromshare  # type: ignore[attr-defined]
    socket.socket.share = share  # type: ignore[attr-defined]


def pretend() -> None:
    """All of it, for the grader's side; pairs of sockets are TCP connections there."""
    deprive()
    give()
    socket.socketpair = connected  # type: ignore[assignment]
    sys.platform = "win32"


def share(self: socket.socket, pid: int) -> bytes:
    """A name under which that process finds this socket, once."""
    place = tempfile.mktemp()
    listener = socket.socket(UNIX)
    listener.bind(place)
    listener.listen(1)
    kept = self.dup()

    def hand_over() -> None:
        with listener, kept, listener.accept()[0] as asking:
            send_fds(asking, [b"x"], [kept.fileno()])
        os.unlink(place)

    threading.Thread(target=hand_over, daemon=True).start()
    return place.encode()


def fromshare(said: bytes) -> socket.socket:
    with socket.socket(UNIX) as asking:
        asking.connect(said.decode())
        return socket.socket(fileno=recv_fds(asking, 1, 1)[1][0])


def connected() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        return ours, server.accept()[0]
