"""Seccomp (Linux): the system calls that a submission may make.

A call that is not listed fails with EPERM, so that a library that tries something exotic gets an error and is not killed.
libseccomp compiles the list once, in the fork server; each child loads the compiled program, as the last thing before student
code. Sources: seccomp(2), seccomp_rule_add(3). Runs inside the jail: standard library only.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from .libc import checked, libc

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # SCMP_ACT_ALLOW, SCMP_ACT_ERRNO
EQUAL, MASKED_EQUAL = 4, 7  # enum scmp_compare

# Calls that Python and numpy need to compute: memory, files (Landlock decides which), time, threads, the open channel.
# Not among them, though a thread or a library may ask: `kill` and its like (a submission cannot even `abort` itself and ends by
# a crash), `execve`, `ptrace`, `socket`, `io_uring_setup`, `bpf`, `userfaultfd`, `keyctl`, `memfd_create` and `shmget` (memory
# that is outside every limit). tests/hostile/attacks tries each of these.
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
# fcntl commands that touch only the caller's own descriptors. F_SETOWN, F_SETSIG and O_ASYNC are left out: they have the kernel
# send any signal to any process, and killed the grader although `kill` was blocked.
FCNTL = (0, 1, 2, 3, 1030)  # DUPFD, GETFD, SETFD, GETFL, DUPFD_CLOEXEC
SETFL = 4
O_ASYNC = 0o20000


class ArgumentComparison(ctypes.Structure):
    """struct scmp_arg_cmp of libseccomp: an argument's number, a comparison, and one or two values."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


class Program(ctypes.Structure):
    """struct sock_fprog of the kernel: the number of instructions and their address."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


# Calls that are allowed for certain arguments only: (name, comparisons).
CONDITIONAL = (
    ("clone", [(0, MASKED_EQUAL, CLONE_THREAD, CLONE_THREAD)]),  # threads, never processes
    ("prlimit64", [(2, EQUAL, 0, 0)]),  # read limits, not raise them
    ("ioctl", [(1, EQUAL, TCGETS, 0)]),  # isatty
    ("ioctl", [(1, EQUAL, FIONBIO, 0)]),  # a socket that does not block
    ("socketpair", [(0, EQUAL, AF_UNIX, 0)]),  # asyncio wakes itself through one
    ("sendto", [(4, EQUAL, 0, 0)]),  # to the connected peer only
    *(("fcntl", [(1, EQUAL, command, 0)]) for command in FCNTL),
    ("fcntl", [(1, EQUAL, SETFL, 0), (2, MASKED_EQUAL, O_ASYNC, 0)]),
)


def available() -> bool:
    """Return True if libseccomp is installed."""
    return _library() is not None


def build() -> bytes:
    """Compile the filter and return it as BPF instructions for this machine. Raises OSError if libseccomp is missing.

    It takes 14 to 19 ms, loading the result 0.8 ms: build once, load in every child.
    """
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
        # clone3 has its flags in memory, where a filter cannot read them. On ENOSYS glibc falls back to clone.
        _rule(library, context, REFUSE | errno.ENOSYS, "clone3", [])
        with open(os.memfd_create("filter"), "w+b") as file:
            if library.seccomp_export_bpf(context, file.fileno()) != 0:
                raise OSError("libseccomp could not compile the filter")
            file.seek(0)
            return file.read()
    finally:
        library.seccomp_release(context)


def load(program: bytes) -> None:
    """Put the filter on this thread and on all that it will start, for good. Raises OSError."""
    instruction_bytes = struct.calcsize("HBBI")
    filter_ = Program(len(program) // instruction_bytes, program)
    for arguments in (
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0),
    ):
        checked(libc.prctl(*arguments), "seccomp")


def _rule(
    library: ctypes.CDLL, context: int, action: int, name: str, comparisons: list[tuple[int, int, int, int]]
) -> None:
    """Add a rule to the filter that libseccomp is building. Raises OSError."""
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:  # this architecture has no such call (arm64 has no `stat`): there is nothing to allow
        return
    array = (ArgumentComparison * len(comparisons))(*(ArgumentComparison(*each) for each in comparisons))
    if library.seccomp_rule_add_array(context, ctypes.c_uint32(action), number, len(comparisons), array) != 0:
        raise OSError(f"libseccomp refused the rule for {name}")


def _library() -> ctypes.CDLL | None:
    """Load libseccomp, with the types that ctypes cannot guess: pointers and unsigned numbers. Return None if it is missing."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    numbers = (ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint)
    library.seccomp_rule_add_array.argtypes = [*numbers, ctypes.POINTER(ArgumentComparison)]
    return library
