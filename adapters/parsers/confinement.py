"""Taking from a process what parsing a document does not need: time, memory, files, network.

Everything here is best effort: a platform that lacks one of the limits still has the others, and the worker's own
clock always.
"""

import ctypes
import os
import signal
from contextlib import suppress
from typing import Final

from adapters.parsers.limits import ProcessLimits

_NEW_NETWORK: Final = 0x40000000
_NEW_USER: Final = 0x10000000
_DIE_WITH_PARENT: Final = 1
_NO_NEW_PRIVILEGES: Final = 38
_GRACE_SECONDS: Final = 2


def leave_network() -> bool:
    """Move this process, and all that it starts, to a network of its own that leads nowhere; tell whether it worked."""
    unshare = _libc_function("unshare")
    return unshare is not None and (unshare(_NEW_NETWORK) == 0 or unshare(_NEW_USER | _NEW_NETWORK) == 0)


def die_with_parent(parent: int) -> None:
    """End this process when its parent ends, however it ends. Linux only."""
    prctl = _libc_function("prctl")
    if prctl is not None:
        prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def confine(limits: ProcessLimits) -> None:
    """Bound this process. Does nothing where there is no ``resource`` module."""
    try:
        import resource
    except ImportError:
        return
    bounds = (
        # The soft limit sends SIGXCPU, which says what happened; the hard one SIGKILL.
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + _GRACE_SECONDS),
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_CORE, 0, 0),
    )
    for kind, soft, hard in bounds:
        # Some systems know a limit and refuse to set it.
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))


def _libc_function(name: str) -> "ctypes._NamedFuncPointer | None":
    try:
        return getattr(ctypes.CDLL(None), name, None)
    except (OSError, TypeError):
        return None
