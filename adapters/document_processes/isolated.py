"""The parser and chunker that workers use: every step over a document in a process of its own, so that none can harm
the worker, and fair by tenant."""

import asyncio
import itertools
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final, Self
from uuid import UUID

from pydantic import ValidationError

from adapters.confined.environment import bare_environment
from adapters.confined.layers import Layer
from adapters.confined.process_limits import ProcessLimits
from adapters.document_processes.endings import (
    NO_RESULT,
    crashed,
    error_of,
    killed_from_outside,
    out_of_time,
    raised_again,
)
from adapters.document_processes.jobs import ChunkTask, Ending, Exit, Job, Outcome, ParseTask, Task
from adapters.document_processes.leftovers import remove_leftovers
from adapters.document_processes.processes import ParsingProcesses, processes_for_platform
from adapters.parsers.limits import budget_of
from domain.knowledge.chunking import ChunkOptions
from domain.knowledge.parsed import ParsedDocument, ParsedReport
from domain.knowledge.passage import ChunkedReport
from domain.limits.fair_slots import FairSlots

_NO_TENANT: Final = UUID(int=0)


class IsolatedParser:
    """Use it as an asynchronous context manager, or call ``start`` and ``close``.

    ``environment`` is all that the processes see of the worker's; by default they get no variable of it.
    Without a ``required`` layer of confinement nothing is parsed.
    """

    def __init__(
        self,
        limits: ProcessLimits | None = None,
        *,
        concurrency: int | None = None,
        options: ChunkOptions | None = None,
        required: Collection[Layer] = (),
        environment: Mapping[str, str] | None = None,
        processes: ParsingProcesses | None = None,
    ) -> None:
        self._limits = limits or ProcessLimits()
        self._required = tuple(required)
        self._processes = processes or processes_for_platform(bare_environment() | dict(environment or {}))
        self._options = options or ChunkOptions()
        # More than there are processors: they are niced, and one process that waits for its end must not hold up all.
        total = concurrency or max(3, (os.cpu_count() or 1) + 1)
        self._slots = FairSlots(total, per_owner=max(1, total - 1))
        self._numbers: Iterator[int] = itertools.count(1)

    async def start(self) -> None:
        """Load the parsers now and not with the first document; remove what killed workers left behind."""
        await asyncio.to_thread(remove_leftovers, Path(gettempdir()))
        await self._processes.start()

    async def close(self) -> None:
        await self._processes.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def parse_into(
        self, target: Path, source: Path, media_type: str, name: str, *, tenant_id: UUID
    ) -> ParsedReport:
        """See the port Parser. Waiting for a free process does not count.

        Raises an IngestError: what the parser says of the document, or ParserTimeout-, ParserOutOfMemory-,
        ParserCrashed- or DocumentTooLargeError.
        """
        task = ParseTask(name=name, media_type=media_type)
        outcome = await self._done(task, source, target, str(tenant_id))
        if outcome.parsed is None:
            raise crashed(task, NO_RESULT)
        return outcome.parsed

    async def chunk_into(
        self, target: Path, source: Path, name: str, *, title: str | None, tenant_id: UUID
    ) -> ChunkedReport:
        """See the port Chunker."""
        task = ChunkTask(name=name, title=title, options=self._options)
        outcome = await self._done(task, source, target, str(tenant_id))
        if outcome.chunked is None:
            raise crashed(task, NO_RESULT)
        return outcome.chunked

    async def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:
        """The parsed document itself, for one whose size is known; else as ``parse_into``."""
        with _folder() as folder:
            target = Path(folder, "parsed.json")
            await self.parse_into(target, path, media_type, name, tenant_id=_NO_TENANT)
            return await asyncio.to_thread(lambda: ParsedDocument.model_validate_json(target.read_bytes()))

    async def _done(self, task: Task, source: Path, target: Path, owner: str) -> Outcome:
        """Do one task in a process; what it made is at ``target`` then."""
        async with self._slots.slot(owner):
            with _folder() as folder:
                limits = budget_of((await asyncio.to_thread(source.stat)).st_size, self._limits)
                job = self._job(task, source, Path(folder, "outcome.json"), limits)
                ending = await self._within_time(job)
                if killed_from_outside(ending, limits):
                    # By a person, or by a system short of memory: neither says anything about the document.
                    job = self._job(task, source, Path(folder, "outcome.json"), limits)
                    ending = await self._within_time(job)
                if ending.signal or ending.exit_code != Exit.DONE:
                    raise error_of(ending, limits, task)
                return await asyncio.to_thread(_collected, job, target)

    def _job(self, task: Task, source: Path, result: Path, limits: ProcessLimits) -> Job:
        return Job(
            number=next(self._numbers),
            task=task,
            path=str(source.absolute()),
            result=str(result),
            limits=limits,
            required=self._required,
        )

    async def _within_time(self, job: Job) -> Ending:
        try:
            async with asyncio.timeout(job.limits.wall_seconds):
                return await self._processes.run(job)
        except TimeoutError as error:
            raise out_of_time(job.task, wall_seconds=job.limits.wall_seconds) from error


def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix=f"answerable-parse-{os.getpid()}-")


def _collected(job: Job, target: Path) -> Outcome:
    """What the process says, and what it made in its place. Raises the error that it met."""
    try:
        outcome = Outcome.model_validate_json(Path(job.result).read_bytes())
    except (OSError, ValidationError) as error:
        raise crashed(job.task, NO_RESULT) from error
    if outcome.failure is not None:
        raise raised_again(outcome.failure)
    shutil.move(job.content, target)
    return outcome
