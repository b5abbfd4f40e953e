"""Landlock: which files a process may read and write, by a rule that it cannot take back.

The numbers are those of linux/landlock.h. What a kernel does not know yet is left out: ``abi`` tells how much it knows.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from adapters.confined.libc import NotHadError, called

_CREATE: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_ASK_VERSION: Final = 1
_PATH_BENEATH: Final = 1

_WRITE_FILE: Final = 1 << 1
_READ_FILE: Final = 1 << 2
_READ_FOLDER: Final = 1 << 3
_REMOVE: Final = (1 << 4) | (1 << 5)
_MAKE_FOLDER_OR_FILE: Final = (1 << 7) | (1 << 8)
_REFER: Final = 1 << 13
_TRUNCATE: Final = 1 << 14
_READ: Final = _READ_FILE | _READ_FOLDER
_WRITE: Final = _READ | _WRITE_FILE | _REMOVE | _MAKE_FOLDER_OR_FILE | _REFER | _TRUNCATE
_ON_FILES: Final = _WRITE_FILE | _READ_FILE | _TRUNCATE
# Rights by the version of the interface that brought them; each of them is refused unless a rule gives it.
_FILE_RIGHTS: Final = ((1, (1 << 13) - 1), (2, _REFER), (3, _TRUNCATE), (5, 1 << 15))
_TCP_RIGHTS: Final = 0b11
_SCOPES: Final = 0b11
"""No abstract Unix socket and no signal of a process outside."""


def abi() -> int:
    """The version of the kernel's interface. Raises NotHadError where it is missing or switched off."""
    try:
        return called("syscall", _CREATE, None, 0, _ASK_VERSION)
    except NotHadError as error:
        raise NotHadError(f"this kernel has no Landlock ({error})") from None


def restrict_files(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """Leave this thread what lies beneath ``readable`` and ``writable``; a path that is not there is passed over.

    Call it in a process of one thread: others would keep their rights. Raises NotHadError.
    """
    version = abi()
    handled = sum(rights for since, rights in _FILE_RIGHTS if version >= since)
    fields = (handled, *((_TCP_RIGHTS,) if version >= 4 else ()), *((_SCOPES,) if version >= 6 else ()))
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = called("syscall", _CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    try:
        for paths, rights in ((readable, _READ), (writable, _WRITE)):
            for path in paths:
                _allow(ruleset, path, rights & handled)
        called("syscall", _RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(handle).st_mode):
                rights &= _ON_FILES
            called("syscall", _ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
        finally:
            os.close(handle)
