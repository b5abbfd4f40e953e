"""A few warm processes that read texts for a worker; one that overruns is killed, and another takes its place."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final, Self
from uuid import UUID

import structlog

from adapters.confined.text_child import TextChild
from domain.limits.errors import TextProcessUnavailableError, TextTooCostlyError
from domain.limits.fair_slots import FairSlots
from domain.limits.text_work import Found, Given, TextStep

_log = structlog.get_logger(__name__)
WAIT_SECONDS: Final = 2.0
WALL_SECONDS: Final = 5.5
"""With the waits before it below the ten seconds of a local step's attempt: work that is not ended here would be given
up there, and done again."""


class TextProcesses:
    """Implements TextWork. Short texts are read at once where they are; the others in ``count`` processes, of which no
    tenant holds all. Use it as an asynchronous context manager.

    ``command`` starts a process that serves by ``adapters.confined.text_process``; ``environment`` is all it sees.
    ``wait_seconds``: for a free process; ``wall_seconds``: for its reply.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        count: int | None = None,
        wait_seconds: float = WAIT_SECONDS,
        wall_seconds: float = WALL_SECONDS,
    ) -> None:
        self._command = tuple(command)
        self._environment = dict(environment)
        self._count = count or max(2, os.cpu_count() or 1)
        self._wait_seconds = wait_seconds
        self._wall_seconds = wall_seconds
        self._slots = FairSlots(self._count, max(1, self._count - 1))
        self._idle: list[TextChild] = []
        self._endings: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Returns while they still load."""
        self._idle = [self._new_child() for _ in range(self._count)]
        return self

    async def started(self) -> None:
        """Wait until all have loaded. Raises TextProcessUnavailableError when one cannot."""
        await asyncio.gather(*(child.started() for child in self._idle))

    async def __aexit__(self, *_: object) -> None:
        for child in self._idle:
            self._end(child)
        await asyncio.gather(*self._endings)
        self._idle.clear()

    async def run(self, step: TextStep[Given, Found], given: Given, tenant_id: UUID) -> Found:
        """Raises TextTooCostlyError, TextProcessUnavailableError (retryable), and RuntimeError for a defect of the
        step."""
        if not step.is_long(given):
            return step.work(given)
        data = given.model_dump_json().encode()
        async with self._slot(str(tenant_id)):
            reply = await self._asked_twice(step.name, data)
        return step.found.model_validate_json(reply)

    @asynccontextmanager
    async def _slot(self, owner: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._slots.acquire(owner)
        except TimeoutError:
            raise TextProcessUnavailableError("Too many texts are being read now. Try again.") from None
        try:
            yield
        finally:
            self._slots.release(owner)

    async def _asked_twice(self, name: str, given: bytes) -> bytes:
        try:
            return await self._asked(name, given)
        except TextProcessUnavailableError:
            # Killed by somebody else, which says nothing of the text.
            return await self._asked(name, given)

    async def _asked(self, name: str, given: bytes) -> bytes:
        child = self._idle.pop(next((place for place, one in enumerate(self._idle) if not one.is_starting), 0))
        reply: bytes | None = None
        try:
            reply = await child.ask(name, given, self._wall_seconds)
        except (TextTooCostlyError, TextProcessUnavailableError) as error:
            _log.warning(error.code, step=name, exit_code=child.exit_code)
            raise
        finally:
            if reply is None and not child.is_starting:
                # Overrun, lost, defect, or its caller gave up: nobody knows what it does now.
                self._end(child)
                child = self._new_child()
            self._idle.append(child)
        return reply

    def _new_child(self) -> TextChild:
        return TextChild(self._command, self._environment)

    def _end(self, child: TextChild) -> None:
        ending = asyncio.create_task(child.end())
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
