"""One process that reads texts, seen from the worker."""

import asyncio
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from adapters.confined.text_messages import MAX_REPLY_BYTES, READY, REPLY, REQUEST, Kind
from domain.limits.errors import TextProcessUnavailableError, TextTooCostlyError

_START_SECONDS: Final = 1.0
"""How long a text waits for a process that is still loading."""
_BUFFER_BYTES: Final = 1024 * 1024
_OF_THE_TEXT: Final = frozenset(
    -one for one in (signal.SIGPROF, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL)
)
"""Ends that a text brings about: its processor time is used up, or a library in C broke down over it."""


class TextChild:
    """Starts at once and answers one question at a time. After any error of ``ask`` it is of no use any more."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process: Process | None = None
        self._starting = asyncio.create_task(self._start(tuple(command), dict(environment)))

    @property
    def is_starting(self) -> bool:
        return not self._starting.done()

    @property
    def exit_code(self) -> int | None:
        """Minus the signal that ended it; None while it runs."""
        return self._process.returncode if self._process else None

    async def started(self) -> Process:
        """Raises TextProcessUnavailableError when it ends before it is ready."""
        # Shielded: who stops waiting for a process does not stop its start.
        return await asyncio.shield(self._starting)

    async def ask(self, name: str, given: bytes, wall_seconds: float) -> bytes:
        """What the step ``name`` finds. Raises TextTooCostlyError, TextProcessUnavailableError, and RuntimeError for
        a defect of the step."""
        process = await self._started_in_time()
        try:
            async with asyncio.timeout(wall_seconds):
                kind, reply = await _talk(process, name, given)
        except TimeoutError:
            raise _too_costly(name) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            if await process.wait() in _OF_THE_TEXT:
                raise _too_costly(name) from None
            raise _lost() from None
        if kind == Kind.TOO_COSTLY:
            raise _too_costly(name)
        if kind == Kind.DEFECT:
            raise RuntimeError(f"the step {name} failed on a text: {reply.decode()}")
        return reply

    async def end(self) -> None:
        """Kill it, whatever it does."""
        self._starting.cancel()
        with suppress(asyncio.CancelledError, TextProcessUnavailableError):
            await self._starting
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def _started_in_time(self) -> Process:
        try:
            async with asyncio.timeout(_START_SECONDS):
                return await self.started()
        except TimeoutError:
            raise TextProcessUnavailableError("The processes that read texts are still loading. Try again.") from None

    async def _start(self, command: tuple[str, ...], environment: dict[str, str]) -> Process:
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                env=environment,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                limit=_BUFFER_BYTES,
                # A Ctrl-C is for the worker, which ends it in its own time.
                start_new_session=True,
            )
        except OSError:
            raise _lost() from None
        _, reader = _pipes(self._process)
        if await reader.read(len(READY)) != READY:
            raise _lost()
        return self._process


async def _talk(process: Process, name: str, given: bytes) -> tuple[int, bytes]:
    writer, reader = _pipes(process)
    named = name.encode()
    writer.write(REQUEST.pack(len(named), len(given)) + named + given)
    await writer.drain()
    kind, length = REPLY.unpack(await reader.readexactly(REPLY.size))
    if length > MAX_REPLY_BYTES:
        raise _too_costly(name)
    return kind, await reader.readexactly(length)


def _pipes(process: Process) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process was started without its pipes")
    return process.stdin, process.stdout


def _too_costly(name: str) -> TextTooCostlyError:
    return TextTooCostlyError(
        "Reading this text took more time than a text may take. Ask more briefly, in plain words.", step=name
    )


def _lost() -> TextProcessUnavailableError:
    return TextProcessUnavailableError("A process that reads texts was ended from outside. Try again.")
