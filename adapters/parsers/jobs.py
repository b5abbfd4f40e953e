"""What the worker and the processes that parse for it tell each other."""

from enum import IntEnum
from typing import Final

from adapters.confined.layers import Layer
from adapters.confined.process_limits import ProcessLimits
from domain.base import Value
from domain.document import ParsedDocument
from domain.errors import Failure

READY: Final = b"ready\n"


class Job(Value):
    """One document. ``result`` is the path at which the process leaves an Outcome as JSON."""

    number: int
    path: str
    media_type: str
    name: str
    result: str
    limits: ProcessLimits
    required: tuple[Layer, ...] = ()


class Order(Value):
    """A line from the worker to the fork server: begin a job, or end the process of one."""

    begin: Job | None = None
    stop: int | None = None


class Ending(Value):
    """A line from the fork server: how the process of a job ended. ``signal`` is 0 if it ended by itself."""

    number: int
    exit_code: int
    signal: int = 0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0


class Outcome(Value):
    """What a process leaves behind: a document, or why there is none."""

    document: ParsedDocument | None = None
    failure: Failure | None = None


class Exit(IntEnum):
    """Exit codes of a process that parses. Only after DONE there is an outcome."""

    DONE = 0
    OUT_OF_MEMORY = 71
    RESULT_TOO_LARGE = 72
    DEFECT = 73
    NOT_CONFINED = 74
