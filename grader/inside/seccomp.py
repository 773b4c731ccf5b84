"""The list of system calls that a submission may make, compiled once by libseccomp, loaded into each child raw.

Everything that is not listed fails with EPERM, so that a library that tries something exotic gets an error, not a
kill. `build` runs on the trusted side or in the fork server; `load` in the child, as the last thing before student code
(0.8 ms, where building takes 14 to 19). Standard library only.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # SCMP_ACT_ALLOW, SCMP_ACT_ERRNO
EQUAL, MASKED_EQUAL = 4, 7  # enum scmp_compare

# What Python and numpy need to compute: memory, files that Landlock lets through, time, threads, the open channel.
CALLS = """
    read readv write writev pread64 close lseek fstat newfstatat stat lstat statx access faccessat faccessat2 readlink
    readlinkat getcwd chdir openat open mkdir mkdirat unlink unlinkat rmdir rename renameat renameat2 ftruncate fsync
    fdatasync getdents64 dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 epoll_create1 epoll_ctl epoll_wait
    epoll_pwait eventfd2 recvfrom
    mmap munmap mremap mprotect madvise brk membarrier
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall
    futex sched_yield sched_getaffinity set_robust_list get_robust_list set_tid_address rseq
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times
    getpid getppid gettid getuid geteuid getgid getegid getrlimit getrusage sysinfo uname getrandom
    exit exit_group
""".split()  # noqa: SIM905 (a list of a hundred names is read as text)

CLONE_THREAD = 0x00010000
TCGETS, FIONBIO = 0x5401, 0x5421
AF_UNIX = 1
# fcntl commands that touch only the caller's own descriptors. F_SETOWN, F_SETSIG and O_ASYNC can send signals: not here.
FCNTL = (0, 1, 2, 3, 4, 1030)  # DUPFD, GETFD, SETFD, GETFL, SETFL, DUPFD_CLOEXEC
O_ASYNC = 0o20000


class Comparison(ctypes.Structure):
    """struct scmp_arg_cmp: argument number, comparison, and one or two values."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


class Program(ctypes.Structure):
    """struct sock_fprog: how many instructions, and where."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


# Calls that are allowed for certain arguments only: (name, comparisons).
CONDITIONAL = (
    ("clone", [(0, MASKED_EQUAL, CLONE_THREAD, CLONE_THREAD)]),  # threads, never processes
    ("prlimit64", [(2, EQUAL, 0, 0)]),  # read limits, not raise them
    ("ioctl", [(1, EQUAL, TCGETS, 0)]),  # isatty
    ("ioctl", [(1, EQUAL, FIONBIO, 0)]),  # a socket that does not block
    ("socketpair", [(0, EQUAL, AF_UNIX, 0)]),  # asyncio wakes itself through one
    ("sendto", [(4, EQUAL, 0, 0)]),  # to the connected peer only
    *(("fcntl", [(1, EQUAL, command, 0)]) for command in FCNTL if command != 4),
    ("fcntl", [(1, EQUAL, 4, 0), (2, MASKED_EQUAL, O_ASYNC, 0)]),
)


def available() -> bool:
    return _library() is not None


def build() -> bytes:
    """The filter as BPF instructions for this machine. Raises OSError where libseccomp is missing."""
    library = _library()
    if library is None:
        raise OSError("libseccomp is not installed (Debian: apt-get install libseccomp2)")
    context = library.seccomp_init(ctypes.c_uint32(REFUSE | errno.EPERM))
    if not context:
        raise OSError("libseccomp could not start a filter")
    try:
        for name in CALLS:
            _rule(library, context, ALLOW, name, [])
        for name, comparisons in CONDITIONAL:
            _rule(library, context, ALLOW, name, comparisons)
        _rule(library, context, REFUSE | errno.ENOSYS, "clone3", [])  # its arguments cannot be read: libc falls back
        with open(os.memfd_create("filter"), "w+b") as file:
            if library.seccomp_export_bpf(context, file.fileno()) != 0:
                raise OSError("libseccomp could not compile the filter")
            file.seek(0)
            return file.read()
    finally:
        library.seccomp_release(context)


def load(program: bytes) -> None:
    """Put the filter on this thread, and on all that it makes, for good. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    instruction_bytes = struct.calcsize("HBBI")
    filter_ = Program(len(program) // instruction_bytes, program)
    for arguments in (
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0),
    ):
        if libc.prctl(*arguments) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"seccomp: {os.strerror(number)}")


def _rule(
    library: ctypes.CDLL, context: int, action: int, name: str, comparisons: list[tuple[int, int, int, int]]
) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:  # not on this architecture (`stat` on arm64): nothing to allow
        return
    array = (Comparison * len(comparisons))(*(Comparison(*each) for each in comparisons))
    if library.seccomp_rule_add_array(context, ctypes.c_uint32(action), number, len(comparisons), array) != 0:
        raise OSError(f"libseccomp refused the rule for {name}")


def _library() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    numbers = (ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint)
    library.seccomp_rule_add_array.argtypes = [*numbers, ctypes.POINTER(Comparison)]
    return library
