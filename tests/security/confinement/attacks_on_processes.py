"""Attacks on servers, on other processes and on namespaces, and processes that are not to be."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from adapters.confined.layers import Layer
from adapters.confined.libc import called
from tests.security.confinement.attack_table import Target, attack

_PTRACE_SEIZE: Final = 0x4206


@attack(Layer.SYSTEM_CALLS, Layer.FILES, Layer.NETWORK)
def connect_to_a_server_on_this_machine(target: Target) -> None:
    socket.create_connection(("127.0.0.1", target.tcp_port), timeout=5).close()


@attack(Layer.SYSTEM_CALLS)
def connect_to_a_unix_socket(target: Target) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as opened:
        opened.connect(target.unix_socket)


@attack(Layer.SYSTEM_CALLS, Layer.FILES, Layer.NETWORK)
def connect_to_an_abstract_socket(target: Target) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as opened:
        opened.connect(f"\0{target.abstract_socket}")


@attack(Layer.SYSTEM_CALLS)
def point_a_pair_of_sockets_elsewhere(target: Target) -> None:
    ours, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.sendto(b"x", f"{target.unix_socket}.datagram")


@attack(Layer.SYSTEM_CALLS, Layer.NETWORK)
def send_a_datagram(_: Target) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as opened:
        opened.sendto(b"x", ("127.0.0.1", 9))


@attack(Layer.SYSTEM_CALLS)
def ask_the_kernel_by_netlink(_: Target) -> None:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()


@attack(Layer.SYSTEM_CALLS)
def listen_for_others(_: Target) -> None:
    with closing(socket.socket()) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.listen()


@attack(Layer.SYSTEM_CALLS, Layer.PRIVILEGES)
def enter_a_namespace_of_the_worker(target: Target) -> None:
    called("setns", os.open(f"/proc/{target.worker}/ns/net", os.O_RDONLY), 0)


@attack(Layer.SYSTEM_CALLS)
def enter_namespaces_by_a_handle(target: Target) -> None:
    called("setns", os.pidfd_open(target.worker), 0x40000000)


@attack(Layer.SYSTEM_CALLS, Layer.PRIVILEGES, Layer.FILES)
def mount_something(_: Target) -> None:
    folder = Path("mounted")
    folder.mkdir(exist_ok=True)
    called("mount", b"none", b"mounted", b"tmpfs", 0, None)
    called("umount2", b"mounted", 0)


@attack(Layer.SYSTEM_CALLS, Layer.PRIVILEGES, Layer.FILES)
def change_the_root(_: Target) -> None:
    os.chroot("/")


@attack(Layer.SYSTEM_CALLS, Layer.FILES)
def trace_another_process(target: Target) -> None:
    called("ptrace", _PTRACE_SEIZE, target.bystander, None, None)


@attack(Layer.SYSTEM_CALLS, Layer.FILES)
def read_memory_of_another_process(target: Target) -> None:
    buffer = ctypes.create_string_buffer(8)
    here = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    # The same address in the other process, where nothing is: EFAULT means that it was allowed to look.
    try:
        called("process_vm_readv", target.bystander, here, 1, here, 1, 0)
    except OSError as error:
        if "Bad address" not in str(error):
            raise


@attack(Layer.SYSTEM_CALLS)
def take_a_file_of_another_process(target: Target) -> None:
    called("syscall", 438, os.pidfd_open(target.bystander), 0, 0)


@attack(Layer.SYSTEM_CALLS)
def signal_the_worker(target: Target) -> None:
    os.kill(target.worker, signal.SIGCONT)


@attack(Layer.SYSTEM_CALLS)
def signal_a_bystander(target: Target) -> None:
    os.kill(target.bystander, signal.SIGCONT)


@attack(Layer.SYSTEM_CALLS)
def signal_everybody(_: Target) -> None:
    os.kill(0, 0)


@attack(Layer.SYSTEM_CALLS)
def signal_by_the_owner_of_a_file(target: Target) -> None:
    import fcntl

    reader, _writer = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, target.bystander)


@attack(Layer.SYSTEM_CALLS)
def slow_the_worker_down(target: Target) -> None:
    os.setpriority(os.PRIO_PROCESS, target.bystander, 19)


@attack(Layer.SYSTEM_CALLS)
def change_limits_of_another(target: Target) -> None:
    resource.prlimit(target.bystander, resource.RLIMIT_CORE, (0, 0))


@attack(Layer.SYSTEM_CALLS)
def start_a_process(_: Target) -> None:
    if child := os.fork():
        os.waitpid(child, 0)
    else:
        os._exit(0)


@attack(Layer.SYSTEM_CALLS)
def leave_a_process_behind(target: Target) -> None:
    """Twice removed and in a session of its own; it says where it is, so that the attacked can look for it."""
    if child := os.fork():
        os.waitpid(child, 0)
        return
    os.setsid()
    if os.fork() == 0:
        with suppress(OSError):
            Path(f"{target.outside}.survivor").write_text(str(os.getpid()))
        threading.Event().wait(60)
    os._exit(0)


@attack(Layer.SYSTEM_CALLS, Layer.FILES)
def run_a_program(_: Target) -> None:
    subprocess.run(["/bin/true"], check=True)


@attack(Layer.SYSTEM_CALLS)
def become_a_program(target: Target) -> None:
    """Asked for a file that is no program: an answer about the file means that it was looked at."""
    try:
        os.execv(target.code_file, ["x"])  # noqa: S606 - the point
    except OSError as error:
        if "Exec format" not in str(error):
            raise


@attack(Layer.SYSTEM_CALLS)
def make_a_process_by_the_newer_call(_: Target) -> None:
    arguments = (ctypes.c_uint64 * 11)(0, 0, 0, 0, signal.SIGCHLD)
    if child := called("syscall", 435, arguments, ctypes.sizeof(arguments)):
        os.waitpid(child, 0)
    else:
        os._exit(0)
