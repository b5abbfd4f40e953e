"""Becomes the command it is given, after dropping to a user and tying its life to its parent's.

Run as a script with ``python -I -S``: it imports the standard library only and must stay quick to start.
It exists because ``preexec_fn`` is unsafe in a parent with threads, and because an unprivileged user may be
unable to read the Python that the parent runs: here Python is loaded before the user changes.

    launcher.py PARENT_PID DEATH_SIGNAL USER|- COMMAND [ARGUMENT…]

Exit code 126: the parent is gone. Exit code 127: the command cannot be run, with the reason on stderr.
"""

# Everything is imported before the user changes: afterwards Python's own library may be out of reach.
import ctypes
import os
import pwd
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Become the command in ``arguments``; returns never."""
    parent, death_signal, user, *command = arguments
    if user != "-":
        _become(user)
    # A change of user clears the death signal, so it is set after that and survives the exec.
    if sys.platform == "linux":
        _die_with_parent(int(death_signal))
    if os.getppid() != int(parent):
        sys.exit(126)
    try:
        os.execvp(command[0], command)  # noqa: S606 - the command is ours, and no shell is wanted
    except OSError as error:
        sys.exit(f"cannot run {command[0]}: {error.strerror}")


def _become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.initgroups(entry.pw_name, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _die_with_parent(signal_number: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
