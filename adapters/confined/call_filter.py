"""Seccomp: system calls that a confined process may not make, refused by the kernel itself.

The filter is a list of what is refused and not of what is allowed: parsers and packs bring libraries of their own, and
what those need of memory, files and threads is theirs. Calls newer than the list are unknown to the process.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from adapters.confined.call_numbers import NEWEST, NUMBERS
from adapters.confined.libc import NotHadError, called

# By what platform.machine() says: column of NUMBERS, and the kernel's name for it (linux/audit.h).
_PROCESSORS: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32: Final = 0x40000000
"""Set in the numbers of x86's second interface, which would walk around the list."""

_CONDITIONAL: Final = frozenset(
    {"kill", "tgkill", "clone", "prlimit64", "sched_setaffinity", "fcntl", "ioctl", "prctl", "socketpair"}
)
_AS_IF_ABSENT: Final = frozenset({"clone3", "io_uring_setup"})
"""Libraries ask once and take the older way; of clone3 a filter cannot see the arguments."""

_CLONE_THREAD: Final = 0x10000
_PR_SET_PDEATHSIG: Final = 1
_OWNER_AND_SIGNAL_OF_A_FILE: Final = (8, 10, 15)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX: a signal to anybody when a file has something to read."""
_OWNER_OR_TERMINAL: Final = (0x5412, 0x541C, 0x8901, 0x8902)
"""TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP."""

_SET_FILTER: Final = 1
_ALL_THREADS: Final = 1
_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}

_INSTRUCTION_BYTES: Final = 8
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16

Instruction = tuple[int, int, int, int]
_LOAD_X: Final = 0x01
_IS_SELF: Final[Instruction] = (0x1D, 0, 1, 0)
"""The process's own id, which stands in the index register: go on, else pass over one instruction."""


def prepare_filter() -> None:
    """Compile the filter: forks then have it. Raises NotHadError where there is none for the processor."""
    compiled(_machine())


def refuse_calls() -> None:
    """Refuse them to this process for good. Needs no_new_privs. Raises NotHadError."""
    code = _packed([(_LOAD_X, 0, 0, os.getpid())]) + compiled(_machine())
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_program = struct.pack("@HP", len(code) // _INSTRUCTION_BYTES, ctypes.addressof(buffer))
    called("syscall", _SECCOMP[_machine()], _SET_FILTER, _ALL_THREADS, filter_program)


@cache
def _machine() -> str:
    return platform.machine() if sys.platform == "linux" else sys.platform


@cache
def compiled(machine: str) -> bytes:
    """The filter as the kernel takes it, without its first instruction. Raises NotHadError for other processors."""
    if machine not in _PROCESSORS:
        raise NotHadError(f"there is no list of system calls for {machine}")
    return _packed(program(machine))


def program(machine: str) -> list[Instruction]:
    """Instructions (code, jump if true, jump if false, value); they expect the process's id in the index register."""
    column, architecture = _PROCESSORS[machine]
    listing = [_load(_ARCHITECTURE), _equal(architecture, 1, 0), _return(_KILL), _load(_NUMBER)]
    listing += [_at_least(NEWEST + 1, 0, 1), _return(_error(errno.ENOSYS))]
    if machine == "x86_64":
        listing += [_at_least(_X32, 0, 1), _return(_error(errno.ENOSYS))]
    for name, numbers in NUMBERS.items():
        number = numbers[column]
        if number is not None:
            block = list(_conditions(name)) if name in _CONDITIONAL else [_return(_refusal(name))]
            listing += [_equal(number, 0, len(block)), *block]
    return [*listing, _return(_ALLOW)]


def _refusal(name: str) -> int:
    if name in _AS_IF_ABSENT:
        return _error(errno.ENOSYS)
    return _error(errno.EACCES if name == "socket" else errno.EPERM)


def _conditions(name: str) -> Iterator[Instruction]:
    """Allow some uses of a call and refuse the others; the number of the call is not needed any more."""
    refused, allowed = _return(_error(errno.EPERM)), _return(_ALLOW)
    match name:
        case "kill" | "tgkill":
            yield from (_argument(0), _IS_SELF, allowed, refused)
        case "prlimit64" | "sched_setaffinity":
            yield from (_argument(0), _equal(0, 1, 0), _IS_SELF, allowed, refused)
        case "clone":
            # A thread, and no process: what was started could outlive its job.
            yield from (_argument(0), _any_bit(_CLONE_THREAD, 0, 1), allowed, refused)
        case "socketpair":
            # As event loops need it. A pair of datagram sockets could be pointed at another socket.
            yield from (_argument(0), _equal(1, 0, 4), _argument(1), _and(0xF), _equal(1, 0, 1), allowed, refused)
        case _:
            index, forbidden = {
                "fcntl": (1, _OWNER_AND_SIGNAL_OF_A_FILE),
                "ioctl": (1, _OWNER_OR_TERMINAL),
                "prctl": (0, (_PR_SET_PDEATHSIG,)),
            }[name]
            yield _argument(index)
            for value in forbidden:
                yield from (_equal(value, 0, 1), refused)
            yield allowed


def _packed(instructions: Iterable[Instruction]) -> bytes:
    return b"".join(struct.pack("=HBBI", *each) for each in instructions)


def _error(number: int) -> int:
    return 0x00050000 | number


def _load(offset: int) -> Instruction:
    return (0x20, 0, 0, offset)


def _argument(index: int) -> Instruction:
    """The lower half of an argument, which is all that the kernel looks at in these calls (little-endian)."""
    return _load(_ARGUMENTS + 8 * index)


def _equal(value: int, yes: int, no: int) -> Instruction:
    return (0x15, yes, no, value)


def _at_least(value: int, yes: int, no: int) -> Instruction:
    return (0x35, yes, no, value)


def _any_bit(bits: int, yes: int, no: int) -> Instruction:
    return (0x45, yes, no, bits)


def _and(bits: int) -> Instruction:
    return (0x54, 0, 0, bits)


def _return(value: int) -> Instruction:
    return (0x06, 0, 0, value)
