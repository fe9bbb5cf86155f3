"""Becomes another program that is signalled when its parent dies: `child.py PARENT SIGNAL USER
PROGRAM...`.

Run as a file by processes.py; imports the standard library only, all before
it gives up root (the new user may not be able to read it), and so starts in a few milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal this process gets when the thread that started it ends; kept across
execve(2).
"""


def die_with(parent: int, signum: int) -> bool:
    """Ask for the signal; False when the parent is already gone.

    Linux only: elsewhere nothing is asked.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signum)
    return os.getppid() == parent


def become(user: str) -> None:
    """Give up root for `user`, for good: servers such as PostgreSQL refuse to run as root."""
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def main(arguments: list[str]) -> int:
    """Replace this process by the program. Returns only when that cannot be done."""
    parent, signum, user, *program = arguments
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if user:
        become(user)  # before the prctl: a change of user clears what it asked
    if not die_with(int(parent), int(signum)):
        return 1
    try:
        os.execvp(program[0], program)
    except OSError as error:
        print(f"{program[0]}: {error.strerror}", file=sys.stderr)
    return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
