"""Attacks on limits and on interfaces of the kernel. Loaded last: its last attack makes this process somebody else."""

import ctypes
import os
import resource
import socket
import threading
from typing import Final

from adapters.confined.layers import Layer
from adapters.confined.libc import called
from tests.security.confinement.attack_table import RefusedError, Target, attack

_FEW: Final = 500
_MANY_BYTES: Final = 4 * 1024**3


@attack(Layer.THREADS)
def start_threads_without_end(_: Target) -> None:
    threading.stack_size(64 * 1024)
    release = threading.Event()
    started = []
    try:
        for _number in range(_FEW):
            thread = threading.Thread(target=release.wait, daemon=True)
            thread.start()
            started.append(thread)
    finally:
        release.set()
        for thread in started:
            thread.join()
        threading.stack_size(0)


@attack(Layer.LIMITS)
def take_all_memory(_: Target) -> None:
    bytearray(_MANY_BYTES)


@attack(Layer.LIMITS)
def raise_its_limits(_: Target) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@attack(Layer.LIMITS)
def open_files_without_end(_: Target) -> None:
    opened: list[int] = []
    try:
        opened.extend(os.open("/dev/null", os.O_RDONLY) for _number in range(_FEW))
    finally:
        for handle in opened:
            os.close(handle)


@attack(Layer.USER, Layer.PRIVILEGES)
def become_root_again(_: Target) -> None:
    os.setuid(0)
    if os.access("/root", os.W_OK) or os.getuid() == 0:
        return
    raise RefusedError


@attack(Layer.SYSTEM_CALLS)
def outlive_the_worker(_: Target) -> None:
    called("prctl", 1, 0, 0, 0, 0)


@attack(Layer.SYSTEM_CALLS)
def write_to_kernel_keys(_: Target) -> None:
    number = 248 if os.uname().machine == "x86_64" else 217
    called("syscall", number, b"user", b"x", b"y", ctypes.c_size_t(1), -3)


@attack(Layer.SYSTEM_CALLS)
def use_a_ring_for_calls(_: Target) -> None:
    os.close(called("syscall", 425, 1, (ctypes.c_uint32 * 30)()))


@attack(Layer.SYSTEM_CALLS)
def load_a_program_into_the_kernel(_: Target) -> None:
    number = 321 if os.uname().machine == "x86_64" else 280
    os.close(called("syscall", number, 0, (ctypes.c_uint32 * 30)(2, 4, 4, 1), 120))


@attack(Layer.SYSTEM_CALLS)
def share_memory_by_a_key(_: Target) -> None:
    called("shmctl", called("shmget", 0x4161, 4096, 0o1600), 0, None)


@attack(Layer.SYSTEM_CALLS)
def call_by_x32(_: Target) -> None:
    if os.uname().machine != "x86_64":
        raise RefusedError
    os.close(called("syscall", 0x40000000 | 41, socket.AF_INET, socket.SOCK_DGRAM, 0))


@attack(Layer.SYSTEM_CALLS)
def make_a_user_namespace(_: Target) -> None:
    """The last: where it succeeds, this process is somebody else afterwards."""
    called("unshare", 0x10000000)
