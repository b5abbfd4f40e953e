"""Another user, and no capability: what root gives away for good."""

import ctypes
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from adapters.confined.libc import (
    PR_CAPBSET_DROP,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_SECUREBITS,
    NotHadError,
    called,
    prctl,
)

# Ranges that no distribution gives to people: the first is nobody's by systemd's table, the second systemd's own for
# users that last as long as a process; a container often has no more than 65,536.
_RANGES: Final = ((0x7000_0000, 4_194_304), (61_184, 4_336))
_CAPABILITIES_V3: Final = 0x20080522
# No capability comes with user 0 or with a change of user, for good.
_SECUREBITS: Final = 0x1 | 0x2 | 0x4 | 0x8 | 0x20 | 0x40 | 0x80


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def user_for(process: int) -> int:
    """A user that only this process runs as: jobs cannot reach each other. Raises NotHadError."""
    mapped = _mapped_users()
    for start, count in _RANGES:
        if any(first <= start and start + count <= first + length for first, length in mapped):
            return start + process % count
    raise NotHadError("this system has no user to give to a process: its user namespace is too small")


def become(user: int) -> None:
    """Run as ``user``, in no other group. Capabilities stay until ``give_up_privileges``. Raises OSError."""
    prctl(PR_SET_SECUREBITS, _SECUREBITS)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def forbid_privileges_by_programs() -> None:
    """Let no program that this process or a fork of it starts bring a capability; those that it has, it keeps.

    Without the right to do it nothing is lost: ``give_up_privileges`` forbids all new ones.
    """
    with suppress(OSError, ValueError):
        for capability in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
            prctl(PR_CAPBSET_DROP, capability)


def give_up_privileges() -> None:
    """Drop every capability, now and for all that this process starts. Raises NotHadError, OSError."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0)
    called("capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
    if has_capabilities():
        raise NotHadError("capabilities are left after they were given up")


def has_capabilities() -> bool:
    """Whether the calling thread has a capability. Raises NotHadError."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0)
    sets = (ctypes.c_uint32 * 6)()
    called("capget", ctypes.byref(header), ctypes.byref(sets))
    return any(sets)


def _mapped_users() -> list[tuple[int, int]]:
    """First and count of every range of users that exist here."""
    try:
        lines = Path("/proc/self/uid_map").read_text().splitlines()
    except OSError as error:
        raise NotHadError(f"the users of this system cannot be read: {error.strerror}") from error
    return [(int(first), int(count)) for first, _, count in (line.split() for line in lines)]
