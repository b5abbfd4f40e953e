"""The filter of system calls, run by an interpreter of the few instructions that it uses, for both processors."""

import errno
import struct

import pytest

from adapters.confined.call_filter import program
from adapters.confined.call_numbers import NEWEST, NUMBERS
from adapters.confined.libc import NotHadError

PROCESSORS = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
ALLOWED, KILLED = 0x7FFF0000, 0x80000000
SELF = 4711


def refused(number: int) -> int:
    return 0x00050000 | number


def decided(  # noqa: C901 - one case for each instruction
    machine: str, call: int, *arguments: int, architecture: int | None = None
) -> int:
    """What the filter answers to a call."""
    _, own = PROCESSORS[machine]
    data = struct.pack("=iIQ6Q", call, architecture or own, 0, *(*arguments, *[0] * 6)[:6])
    code, at, loaded = program(machine), 0, 0
    while True:
        kind, yes, no, value = code[at]
        at += 1
        match kind:
            case 0x20:
                (loaded,) = struct.unpack_from("=I", data, value)
            case 0x54:
                loaded &= value
            case 0x15:
                at += yes if loaded == value else no
            case 0x1D:
                at += yes if loaded == SELF else no
            case 0x35:
                at += yes if loaded >= value else no
            case 0x45:
                at += yes if loaded & value else no
            case 0x06:
                return value


def number_of(machine: str, name: str) -> int:
    number = NUMBERS[name][PROCESSORS[machine][0]]
    assert number is not None
    return number


@pytest.mark.parametrize("machine", PROCESSORS)
@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("socket", (2, 1), refused(errno.EACCES)),
        ("connect", (3,), refused(errno.EPERM)),
        ("ptrace", (16,), refused(errno.EPERM)),
        ("execve", (), refused(errno.EPERM)),
        ("clone3", (), refused(errno.ENOSYS)),
        ("clone", (0x11,), refused(errno.EPERM)),
        ("clone", (0x3D0F00,), ALLOWED),
        ("kill", (SELF, 6), ALLOWED),
        ("kill", (1, 9), refused(errno.EPERM)),
        ("kill", (0, 9), refused(errno.EPERM)),
        ("kill", (0xFFFFFFFF, 9), refused(errno.EPERM)),
        ("tgkill", (SELF, SELF, 6), ALLOWED),
        ("tgkill", (12, 12, 6), refused(errno.EPERM)),
        ("prlimit64", (0,), ALLOWED),
        ("prlimit64", (SELF,), ALLOWED),
        ("prlimit64", (12,), refused(errno.EPERM)),
        ("socketpair", (1, 0x80001), ALLOWED),
        ("socketpair", (1, 0x80002), refused(errno.EPERM)),
        ("socketpair", (2, 1), refused(errno.EPERM)),
        ("fcntl", (3, 3), ALLOWED),
        ("fcntl", (3, 8), refused(errno.EPERM)),
        ("ioctl", (0, 0x5412), refused(errno.EPERM)),
        ("ioctl", (0, 0x5401), ALLOWED),
        ("prctl", (1, 0), refused(errno.EPERM)),
        ("prctl", (15,), ALLOWED),
    ],
)
def test_a_call_is_answered_by_its_arguments(machine: str, name: str, arguments: tuple[int, ...], answer: int) -> None:
    assert decided(machine, number_of(machine, name), *arguments) == answer


@pytest.mark.parametrize("machine", PROCESSORS)
def test_no_call_of_the_list_is_allowed_without_looking(machine: str) -> None:
    column = PROCESSORS[machine][0]
    for name, numbers in NUMBERS.items():
        if (number := numbers[column]) is not None and name not in (
            "prlimit64",
            "sched_setaffinity",
            "fcntl",
            "ioctl",
            "prctl",
        ):
            assert decided(machine, number) != ALLOWED, name


@pytest.mark.parametrize("machine", PROCESSORS)
def test_what_is_newer_than_the_list_is_unknown(machine: str) -> None:
    assert decided(machine, NEWEST + 1) == refused(errno.ENOSYS)


@pytest.mark.parametrize("machine", PROCESSORS)
def test_another_interface_of_the_processor_ends_the_process(machine: str) -> None:
    assert decided(machine, 1, architecture=0x40000003) == KILLED
    assert decided("x86_64", 0x40000000 | 41) == refused(errno.ENOSYS)


@pytest.mark.parametrize("column", [0, 1])
def test_no_number_is_given_twice(column: int) -> None:
    numbers = [each[column] for each in NUMBERS.values() if each[column] is not None]
    assert len(numbers) == len(set(numbers))


def test_an_unknown_processor_is_said() -> None:
    from adapters.confined.call_filter import compiled

    with pytest.raises(NotHadError, match="riscv64"):
        compiled("riscv64")
