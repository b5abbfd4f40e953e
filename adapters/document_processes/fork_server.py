"""A small process that has parsers and chunker loaded and forks itself for every step over a document.

A fork of the worker would carry the embedding model and every secret of its environment; a fresh interpreter for each
document takes a hundred milliseconds to load. This process is started by the worker with an empty environment, talks
to it through one socket, and ends when that is closed.

multiprocessing's own fork server is not used: it inherits the environment, and imports the worker's main module into
every child.
"""

import gc
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import Final

from adapters.confined.processes import die_with_parent
from adapters.confined.sandbox import Sandbox
from adapters.document_processes.jobs import READY, Ending, Job, Order
from adapters.document_processes.parsing_process import NICENESS, run
from adapters.parsers.registry import FormatParser, ParserRegistry

_READ_BYTES: Final = 64 * 1024


class ForkServer:
    def __init__(self, channel: socket.socket, parser: FormatParser, sandbox: Sandbox) -> None:
        self._channel = channel
        self._parser = parser
        self._sandbox = sandbox
        self._jobs: dict[int, int] = {}
        self._unread = b""
        self._woken, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self._woken, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Obey orders until the worker closes the channel."""
        # Parsers that are in place before the first fork are shared memory; the collector must not touch them.
        gc.collect()
        gc.freeze()
        self._channel.sendall(READY)
        while True:
            readable, _, _ = select.select([self._channel.fileno(), self._woken], [], [])
            if self._woken in readable:
                with suppress(BlockingIOError):
                    os.read(self._woken, _READ_BYTES)
                self._report_ended()
            if self._channel.fileno() in readable and not self._obey():
                break
        for pid in self._jobs:
            _kill(pid)

    def _obey(self) -> bool:
        received = self._channel.recv(_READ_BYTES)
        *lines, self._unread = (self._unread + received).split(b"\n")
        for line in lines:
            order = Order.model_validate_json(line)
            if order.begin is not None:
                self._fork(order.begin)
            for pid, number in self._jobs.items():
                if number == order.stop:
                    _kill(pid)
        return bool(received)

    def _fork(self, job: Job) -> None:
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            # No memory for another process: the job ends as one that was killed, which is tried again.
            self._send(Ending(number=job.number, exit_code=0, signal=signal.SIGKILL))
            return
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            die_with_parent(parent)
            self._channel.close()
            run(job, self._parser, self._sandbox)
        self._jobs[pid] = job.number

    def _report_ended(self) -> None:
        while self._jobs:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                break
            number = self._jobs.pop(pid, None)
            if number is None:
                continue
            code = os.waitstatus_to_exitcode(status)
            self._send(
                Ending(
                    number=number,
                    exit_code=max(code, 0),
                    signal=max(-code, 0),
                    cpu_seconds=usage.ru_utime + usage.ru_stime,
                    peak_bytes=usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
                )
            )

    def _send(self, ending: Ending) -> None:
        self._channel.sendall(ending.model_dump_json().encode() + b"\n")


def _kill(pid: int) -> None:
    # With the programs that it may have started; before its first instruction it has no group of its own yet.
    for end in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)


def main(parser: FormatParser | None = None) -> None:
    # Ctrl-C in a terminal reaches every process of the group; the worker alone says when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    channel = socket.socket(fileno=int(sys.argv[1]))
    ForkServer(channel, parser or ParserRegistry(), Sandbox.prepare()).serve()


if __name__ == "__main__":
    main()
