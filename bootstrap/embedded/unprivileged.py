"""Postgres refuses to run as root: which user it runs as instead, and what that user can reach."""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from signal import SIGKILL

from bootstrap.embedded.processes import launch_command
from bootstrap.errors import StartupError

_CANDIDATES = ("postgres", "nobody")
_AS_USER = (
    "import os, pwd, sys; e = pwd.getpwnam(sys.argv.pop(1)); "
    "os.initgroups(e.pw_name, e.pw_gid); os.setgid(e.pw_gid); os.setuid(e.pw_uid); "
)


def running_as_root() -> bool:
    """Whether this process has root's rights."""
    return os.geteuid() == 0


def choose_user(existing_data: Path) -> str | None:
    """The user for a server over ``existing_data`` (which may not exist yet); None when this process is not root.

    The owner of existing data is kept, so that the files stay readable from one start to the next.
    """
    if not running_as_root():
        return None
    if existing_data.exists() and (owner := existing_data.stat().st_uid) != 0:
        return pwd.getpwuid(owner).pw_name
    for name in _CANDIDATES:
        if _exists(name):
            return name
    raise StartupError("PostgreSQL", "it refuses to run as root, and there is no user `postgres` or `nobody`")


def can_reach(user: str | None, paths: Iterable[Path], mode: int = os.R_OK | os.X_OK) -> bool:
    """Whether ``user`` has ``mode`` on every path: tried for real, because mode bits are not the whole truth."""
    wanted = [str(path) for path in paths]
    if user is None:
        return all(os.access(path, mode) for path in wanted)
    program = f"sys.exit(not all(os.access(path, {mode}) for path in sys.argv[1:]))"
    # This interpreter may itself be out of the user's reach, so it is loaded before the user changes.
    probe = [sys.executable, "-I", "-S", "-c", _AS_USER + program, user, *wanted]
    return subprocess.run(probe, check=False, cwd="/", stdin=subprocess.DEVNULL).returncode == 0


def give_to(user: str | None, tree: Path) -> None:
    """Make ``user`` the owner of a folder of ours and all that it holds; nothing when this process is not root."""
    if user is None:
        return
    entry = pwd.getpwnam(user)
    for path in (tree, *tree.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def run_as(user: str | None, command: list[str], directory: Path, environment: dict[str, str]) -> str:
    """Run a short command as ``user`` and return its output. Raises CalledProcessError with the output."""
    done = subprocess.run(
        launch_command(command, user, SIGKILL),
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return done.stdout


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
