"""How a process ended, as the error that its document gets."""

import signal
from collections.abc import Mapping
from typing import Final, NamedTuple

from adapters.confined.process_limits import MIB, ProcessLimits
from adapters.document_processes.jobs import Ending, Exit, Task
from domain.errors import Failure
from domain.knowledge.errors import (
    ChunkingCrashedError,
    ChunkingOutOfMemoryError,
    ChunkingTimeoutError,
    DocumentTooLargeError,
    IngestError,
    ParserCrashedError,
    ParserOutOfMemoryError,
    ParserTimeoutError,
)

NO_RESULT: Final = Ending(number=0, exit_code=Exit.DEFECT)
_NEARLY_ALL: Final = 0.8


class _Words(NamedTuple):
    """The errors of a kind of task, and how its messages name it."""

    timeout: type[IngestError]
    out_of_memory: type[IngestError]
    crashed: type[IngestError]
    doing: str
    fixed: str


_WORDS: Final[Mapping[str, _Words]] = {
    "parse": _Words(
        ParserTimeoutError,
        ParserOutOfMemoryError,
        ParserCrashedError,
        "Reading",
        "Split the document, or save it again from the program that made it.",
    ),
    "chunk": _Words(
        ChunkingTimeoutError,
        ChunkingOutOfMemoryError,
        ChunkingCrashedError,
        "Cutting",
        "Split the document into several.",
    ),
}


def killed_from_outside(ending: Ending, limits: ProcessLimits) -> bool:
    return ending.signal == signal.SIGKILL and ending.cpu_seconds < limits.cpu_seconds


def error_of(ending: Ending, limits: ProcessLimits, task: Task) -> IngestError:
    """The error for a process that ended without a result."""
    words = _WORDS[task.kind]
    out_of_cpu = ending.signal == getattr(signal, "SIGXCPU", None)
    if out_of_cpu or (ending.signal == signal.SIGKILL and ending.cpu_seconds >= limits.cpu_seconds):
        return words.timeout(
            f"{words.doing} '{task.name}' took more than {limits.cpu_seconds} seconds of processor time and was "
            f"ended. {words.fixed}",
            cpu_seconds=limits.cpu_seconds,
        )
    # Libraries in C answer a refused allocation by crashing.
    exhausted = ending.signal != 0 and ending.peak_bytes >= limits.memory_bytes * _NEARLY_ALL
    if exhausted or ending.exit_code == Exit.OUT_OF_MEMORY:
        return words.out_of_memory(
            f"{words.doing} '{task.name}' took more than {limits.memory_bytes // MIB} MiB of memory and was ended. "
            "Split the document, or save it without its pictures.",
            memory_bytes=limits.memory_bytes,
        )
    if ending.exit_code == Exit.RESULT_TOO_LARGE:
        return DocumentTooLargeError(
            f"'{task.name}' holds more text than can be taken in at once. Split it into several documents.",
            file_bytes=limits.file_bytes,
        )
    return crashed(task, ending)


def out_of_time(task: Task, *, wall_seconds: float) -> IngestError:
    words = _WORDS[task.kind]
    return words.timeout(
        f"{words.doing} '{task.name}' took more than {wall_seconds:g} seconds and was ended. {words.fixed}",
        wall_seconds=wall_seconds,
    )


def crashed(task: Task, ending: Ending) -> IngestError:
    return _WORDS[task.kind].crashed(
        f"{_WORDS[task.kind].doing} '{task.name}' broke down. Save the document again from the program that made it, "
        "or export it to another format.",
        signal=ending.signal,
        exit_code=ending.exit_code,
    )


def raised_again(failure: Failure) -> IngestError:
    """The error that the process met, as the same class."""
    known = {kind.code: kind for kind in IngestError.__subclasses__()}
    error = known.get(failure.code, IngestError)(failure.message)
    error.details = dict(failure.details)
    return error
