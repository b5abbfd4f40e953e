"""What a process says about itself to the system: who may look into it, and when it has to end."""

import os
import signal
from contextlib import suppress

from adapters.confined.libc import (
    PR_GET_DUMPABLE,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    NotHadError,
    prctl,
)


def die_with_parent(parent: int) -> None:
    """End this process when its parent ends, however it ends. Linux only."""
    with suppress(NotHadError):
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
    if os.getppid() != parent:
        os._exit(1)


def hide_memory() -> None:
    """Keep other processes of this user out of this one's environment, memory and files, and debuggers with them.

    Also no core dump is written. It lasts until this process starts another program. Raises NotHadError.
    """
    prctl(PR_SET_DUMPABLE, 0)


def is_memory_hidden() -> bool:
    try:
        return prctl(PR_GET_DUMPABLE) == 0
    except NotHadError:
        return False
