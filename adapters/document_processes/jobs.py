"""What the worker and the processes that read and cut documents for it tell each other."""

from enum import IntEnum
from typing import Annotated, Final, Literal

from pydantic import Field

from adapters.confined.layers import Layer
from adapters.confined.process_limits import ProcessLimits
from domain.base import Value
from domain.errors import Failure
from domain.knowledge.chunking import ChunkOptions
from domain.knowledge.parsed import ParsedReport
from domain.knowledge.passage import ChunkedReport

READY: Final = b"ready\n"


class ParseTask(Value):
    """From the bytes of a document to a ParsedDocument. ``name`` and ``media_type`` are the uploader's."""

    kind: Literal["parse"] = "parse"
    name: str
    media_type: str


class ChunkTask(Value):
    """From a ParsedDocument to lines of passages. ``title`` takes the place of the document's own."""

    kind: Literal["chunk"] = "chunk"
    name: str
    title: str | None = None
    options: ChunkOptions = ChunkOptions()


Task = Annotated[ParseTask | ChunkTask, Field(discriminator="kind")]


class Job(Value):
    """One step over one document. ``result`` is the path at which the process leaves an Outcome as JSON, and
    ``content`` the one for what it made."""

    number: int
    task: Task
    path: str
    result: str
    limits: ProcessLimits
    required: tuple[Layer, ...] = ()

    @property
    def content(self) -> str:
        return f"{self.result}.content"


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
    """What a process says at its end: what it made, or why it made nothing."""

    parsed: ParsedReport | None = None
    chunked: ChunkedReport | None = None
    failure: Failure | None = None


class Exit(IntEnum):
    """Exit codes of a process that reads or cuts a document. Only after DONE there is an outcome."""

    DONE = 0
    OUT_OF_MEMORY = 71
    RESULT_TOO_LARGE = 72
    DEFECT = 73
    NOT_CONFINED = 74
