"""The parser that workers use: every document in a process of its own, so that none can harm the worker."""

import asyncio
import itertools
import os
import signal
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final, Self

from pydantic import ValidationError

from adapters.confined.environment import bare_environment
from adapters.confined.layers import Layer
from adapters.confined.process_limits import MIB, ProcessLimits
from adapters.parsers.jobs import Ending, Exit, Job, Outcome
from adapters.parsers.leftovers import remove_leftovers
from adapters.parsers.processes import ParsingProcesses, processes_for_platform
from domain.document import ParsedDocument
from domain.errors import (
    DocumentTooLargeError,
    Failure,
    IngestError,
    ParserCrashedError,
    ParserOutOfMemoryError,
    ParserTimeoutError,
)

_NEARLY_ALL: Final = 0.8


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
        required: Collection[Layer] = (),
        environment: Mapping[str, str] | None = None,
        processes: ParsingProcesses | None = None,
    ) -> None:
        self._limits = limits or ProcessLimits()
        self._required = tuple(required)
        self._processes = processes or processes_for_platform(bare_environment() | dict(environment or {}))
        self._slots = asyncio.Semaphore(concurrency or os.cpu_count() or 1)
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

    async def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:
        """Parse within the limits; waiting for a free process does not count.

        Raises an IngestError: what the parser says of the document, or ParserTimeout-, ParserOutOfMemory-,
        ParserCrashed- or DocumentTooLargeError.
        """
        async with self._slots:
            with TemporaryDirectory(prefix=f"answerable-parse-{os.getpid()}-") as folder:
                result = Path(folder, "outcome.json")
                ending = await self._within_time(self._job(path, media_type, name, result))
                if _killed_from_outside(ending, self._limits):
                    # By a person, or by a system short of memory: neither says anything about the document.
                    ending = await self._within_time(self._job(path, media_type, name, result))
                if ending.signal or ending.exit_code != Exit.DONE:
                    raise _error_of(ending, self._limits, name)
                return await asyncio.to_thread(_document, result, name)

    def _job(self, path: Path, media_type: str, name: str, result: Path) -> Job:
        return Job(
            number=next(self._numbers),
            path=str(path.absolute()),
            media_type=media_type,
            name=name,
            result=str(result),
            limits=self._limits,
            required=self._required,
        )

    async def _within_time(self, job: Job) -> Ending:
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                return await self._processes.run(job)
        except TimeoutError as error:
            raise ParserTimeoutError(
                f"Reading '{job.name}' took more than {self._limits.wall_seconds:g} seconds and was ended. "
                "Split the document, or save it again from the program that made it.",
                wall_seconds=self._limits.wall_seconds,
            ) from error


def _killed_from_outside(ending: Ending, limits: ProcessLimits) -> bool:
    return ending.signal == signal.SIGKILL and ending.cpu_seconds < limits.cpu_seconds


def _error_of(ending: Ending, limits: ProcessLimits, name: str) -> IngestError:
    out_of_time = ending.signal == getattr(signal, "SIGXCPU", None)
    if out_of_time or (ending.signal == signal.SIGKILL and ending.cpu_seconds >= limits.cpu_seconds):
        return ParserTimeoutError(
            f"Reading '{name}' took more than {limits.cpu_seconds} seconds of processor time and was ended. "
            "Split the document, or save it again from the program that made it.",
            cpu_seconds=limits.cpu_seconds,
        )
    # Libraries in C answer a refused allocation by crashing.
    exhausted = ending.signal != 0 and ending.peak_bytes >= limits.memory_bytes * _NEARLY_ALL
    if exhausted or ending.exit_code == Exit.OUT_OF_MEMORY:
        return ParserOutOfMemoryError(
            f"Reading '{name}' took more than {limits.memory_bytes // MIB} MiB of memory and was ended. "
            "Split the document, or save it without its pictures.",
            memory_bytes=limits.memory_bytes,
        )
    if ending.exit_code == Exit.RESULT_TOO_LARGE:
        return DocumentTooLargeError(
            f"'{name}' holds more text than can be taken in at once. Split it into several documents.",
            file_bytes=limits.file_bytes,
        )
    return _crashed(name, ending)


def _crashed(name: str, ending: Ending) -> ParserCrashedError:
    return ParserCrashedError(
        f"The parser broke down while reading '{name}'. Save the document again from the program that made it, "
        "or export it to another format.",
        signal=ending.signal,
        exit_code=ending.exit_code,
    )


def _document(result: Path, name: str) -> ParsedDocument:
    try:
        outcome = Outcome.model_validate_json(result.read_bytes())
    except (OSError, ValidationError) as error:
        raise _crashed(name, Ending(number=0, exit_code=Exit.DEFECT)) from error
    if outcome.failure is not None:
        raise _raised_again(outcome.failure)
    if outcome.document is None:
        raise _crashed(name, Ending(number=0, exit_code=Exit.DEFECT))
    return outcome.document


def _raised_again(failure: Failure) -> IngestError:
    """The error that the process met, as the same class."""
    known = {kind.code: kind for kind in IngestError.__subclasses__()}
    error = known.get(failure.code, IngestError)(failure.message)
    error.details = dict(failure.details)
    return error
