"""The first lines of a process apart: give up memory, time and network, then run one program.

Runs with no portal around it. Arguments: bytes of memory, seconds, bytes of answer, the program,
then the program's own.
"""

import contextlib
import ctypes
import os
import resource
import runpy
import signal
import sys

_OPEN_FILES = 64
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def limit(memory: int, seconds: int, answer: int) -> None:
    """What no program may pass, however it is led astray."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (answer, answer))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def shut_off() -> None:
    """Die with who asked, gain no right, see no network where the system allows it."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # root needs no name space of its own; somebody else may be refused one, and then goes on
    libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET)


if __name__ == "__main__":
    memory, seconds, answer = map(int, sys.argv[1:4])
    program, arguments = sys.argv[4], sys.argv[5:]
    shut_off()
    limit(memory, seconds, answer)
    sys.path.append(os.path.dirname(program))
    sys.argv = [program, *arguments]
    with contextlib.suppress(MemoryError):
        runpy.run_path(program, run_name="__main__")
