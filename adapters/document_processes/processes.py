"""The worker's side of the processes that parse: start them, watch them, end them."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, Protocol

from adapters.document_processes.jobs import READY, Ending, Job, Order
from domain.errors import DependencyUnavailableError

_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 10.0


class ParsingProcesses(Protocol):
    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def run(self, job: Job) -> Ending:
        """Parse in a process of its own. Cancelling the call kills the process."""
        ...


class ForkedProcesses:
    """Forks of a server that has the parsers loaded; the server is started again when it dies."""

    def __init__(self, environment: Mapping[str, str], server: str = "adapters.document_processes.fork_server") -> None:
        self._environment = dict(environment)
        self._module = server
        self._starting = asyncio.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Ending]] = {}

    @property
    def server_pid(self) -> int | None:
        return self._server.pid if self._server is not None else None

    async def start(self) -> None:
        """Raises DependencyUnavailableError when the server does not come up."""
        async with self._starting:
            if self._listening is not None and not self._listening.done():
                return
            await self._end_server()
            ours, theirs = socket.socketpair()
            with theirs:
                self._server = await asyncio.to_thread(self._spawn, theirs.fileno())
            reader, self._writer = await asyncio.open_connection(sock=ours)
            try:
                async with asyncio.timeout(_START_SECONDS):
                    greeting = await reader.readline()
            except TimeoutError:
                greeting = b""
            if greeting != READY:
                await self._end_server()
                raise DependencyUnavailableError("The parser process did not start. The worker tries again.")
            self._listening = asyncio.create_task(self._listen(reader))

    async def close(self) -> None:
        async with self._starting:
            await self._end_server()

    async def run(self, job: Job) -> Ending:
        await self.start()
        ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._waiting[job.number] = ended
        try:
            await self._order(Order(begin=job))
            return await ended
        except ConnectionError:
            return _lost(job.number)
        finally:
            del self._waiting[job.number]
            if not ended.done() or ended.cancelled():
                # The caller gave up: nobody waits for this process any more.
                self._order_soon(Order(stop=job.number))

    def _spawn(self, channel: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", self._module, str(channel)],
            pass_fds=[channel],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while line := await reader.readline():
                ending = Ending.model_validate_json(line)
                waiting = self._waiting.get(ending.number)
                if waiting is not None and not waiting.done():
                    waiting.set_result(ending)
        # The server is gone, and its children with it.
        for number, waiting in self._waiting.items():
            if not waiting.done():
                waiting.set_result(_lost(number))

    async def _order(self, order: Order) -> None:
        self._order_soon(order)
        if self._writer is not None:
            await self._writer.drain()

    def _order_soon(self, order: Order) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(order.model_dump_json(exclude_none=True).encode() + b"\n")

    async def _end_server(self) -> None:
        if self._writer is not None:
            self._writer.close()
            with suppress(ConnectionError):
                await self._writer.wait_closed()
            self._writer = None
        if self._server is not None:
            await asyncio.to_thread(_ended, self._server)
            self._server = None
        if self._listening is not None:
            await self._listening
            self._listening = None


class FreshProcesses:
    """A new interpreter for every document, where processes cannot be forked: slower, and limited by what there is."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)

    async def start(self) -> None:
        """Nothing has to run between documents."""

    async def close(self) -> None:
        """Nothing runs between documents."""

    async def run(self, job: Job) -> Ending:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "adapters.document_processes.parsing_process",
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            await process.communicate(job.model_dump_json().encode())
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        code = process.returncode or 0
        return Ending(number=job.number, exit_code=max(code, 0), signal=max(-code, 0))


def processes_for_platform(environment: Mapping[str, str]) -> ParsingProcesses:
    return ForkedProcesses(environment) if hasattr(os, "fork") else FreshProcesses(environment)


def _lost(number: int) -> Ending:
    """What a process looks like whose server died: killed by somebody else."""
    return Ending(number=number, exit_code=0, signal=signal.SIGKILL.value)


def _ended(server: subprocess.Popen[bytes]) -> None:
    # It ends by itself once its channel is closed.
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
