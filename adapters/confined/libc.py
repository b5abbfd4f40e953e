"""Calls of the C library that Python has no name for. Linux only; elsewhere each raises NotHadError."""

import ctypes
import os
import sys
from functools import cache
from typing import Any, Final

PR_SET_PDEATHSIG: Final = 1
PR_GET_DUMPABLE: Final = 3
PR_SET_DUMPABLE: Final = 4
PR_CAPBSET_DROP: Final = 24
PR_SET_SECUREBITS: Final = 28
PR_SET_NO_NEW_PRIVS: Final = 38


class NotHadError(OSError):
    """This system cannot give a layer of confinement; the text says why, for an operator."""


def called(name: str, *arguments: Any) -> int:
    """What the function of the C library returned. Raises NotHadError where there is none, or it failed."""
    function = getattr(_libc(), name, None) if sys.platform == "linux" else None
    if function is None:
        raise NotHadError(f"this system has no {name}")
    ctypes.set_errno(0)
    returned: int = function(*arguments)
    if returned < 0:
        raise NotHadError(f"{name}: {os.strerror(ctypes.get_errno())}")
    return returned


def prctl(option: int, value: int = 0) -> int:
    """Raises NotHadError."""
    unsigned = ctypes.c_ulong
    return called("prctl", option, unsigned(value), unsigned(0), unsigned(0), unsigned(0))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
