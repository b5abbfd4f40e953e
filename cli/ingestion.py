"""Uploading many documents and following each to its end."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from uuid import UUID

from answerable_sdk import AsyncAnswerable, Ingest, ResponseError, UnreachableError, WaitTimeoutError
from cli.document_folders import SourceFile

PARALLEL: Final = 8

_OVERTAKEN: Final = "A newer version of the document was uploaded before this one was ingested."
_UNKNOWN: Final = "It may have been accepted. It is safe to run the command again."
_NOT_SENT: Final = "It was not uploaded. Run the command again."


@dataclass(frozen=True)
class Outcome:
    """How one file ended, and what to know about it.

    ``state`` is the ingest's, or: unchanged (the document already has this content), refused (there is no ingest;
    ``code`` says why), followed (it still ran when following stopped), not_sent.
    """

    file: SourceFile
    state: str
    ingest: Ingest | None = None
    code: str | None = None
    message: str | None = None

    @property
    def failed(self) -> bool:
        return self.state in ("failed", "cancelled", "refused")

    @property
    def unfinished(self) -> bool:
        return self.state in ("followed", "not_sent")

    def as_json(self) -> dict[str, Any]:
        return {
            "path": str(self.file.path),
            "name": self.file.name,
            "state": self.state,
            "code": self.code,
            "message": self.message,
            "ingest": self.ingest.model_dump(mode="json") if self.ingest else None,
        }


class Watcher(Protocol):
    """Told about every file as it goes on."""

    def started(self, file: SourceFile) -> None: ...

    def progressed(self, file: SourceFile, ingest: Ingest) -> None: ...

    def ended(self, outcome: Outcome) -> None: ...


@dataclass
class Ingestion:
    """What became of ``files`` so far; ``labels`` are said of each with its upload.

    ``lost`` is why following stopped before all had ended.
    """

    files: Sequence[SourceFile]
    outcomes: dict[SourceFile, Outcome] = field(default_factory=dict)
    sent: dict[SourceFile, Ingest | None] = field(default_factory=dict)
    interrupted: bool = False
    lost: UnreachableError | None = None
    labels: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sent_any(self) -> bool:
        return bool(self.outcomes) or any(self.sent.values())

    def all(self) -> list[Outcome]:
        """One outcome for every file, in their order."""
        return [self.outcomes.get(file) or self._unfinished(file) for file in self.files]

    def _unfinished(self, file: SourceFile) -> Outcome:
        if file not in self.sent:
            return Outcome(file, "not_sent", message=_NOT_SENT)
        ingest = self.sent[file]
        if ingest is None:
            return Outcome(file, "not_sent", message=_UNKNOWN)
        return Outcome(file, "followed", ingest, message=_goes_on(ingest))


async def ingest_files(client: AsyncAnswerable, dataset_id: UUID, ingestion: Ingestion, watcher: Watcher) -> None:
    """Ingest the files, at most eight at a time; a file that fails does not stop the others.

    Raises UnreachableError: without a server none of the others can do better.
    """
    gate = asyncio.Semaphore(PARALLEL)

    async def one(file: SourceFile) -> None:
        async with gate:
            watcher.started(file)
            ingestion.sent[file] = None
            outcome = await _ingest_one(client, dataset_id, file, ingestion, watcher)
            ingestion.outcomes[file] = outcome
            watcher.ended(outcome)

    async with asyncio.TaskGroup() as group:
        for file in ingestion.files:
            group.create_task(one(file))


async def _ingest_one(
    client: AsyncAnswerable, dataset_id: UUID, file: SourceFile, ingestion: Ingestion, watcher: Watcher
) -> Outcome:
    try:
        accepted = await client.documents.upload(dataset_id, file.path, name=file.name, **ingestion.labels)
    except ResponseError as error:
        return Outcome(file, "refused", code=error.code, message=error.message)
    except OSError as error:
        return Outcome(file, "refused", code="unreadable_file", message=f"{error.strerror or error}. Check the file.")
    ingestion.sent[file] = accepted
    return await _follow(client, file, accepted, ingestion, watcher)


async def _follow(
    client: AsyncAnswerable, file: SourceFile, accepted: Ingest, ingestion: Ingestion, watcher: Watcher
) -> Outcome:
    ingest = accepted
    try:
        if not accepted.is_terminal:
            async for ingest in client.ingests.follow(accepted.ingest_id):
                ingestion.sent[file] = ingest
                watcher.progressed(file, ingest)
    except (ResponseError, WaitTimeoutError) as error:
        code = error.code if isinstance(error, ResponseError) else None
        return Outcome(file, "followed", ingest, code, f"{error.message} {_goes_on(ingest)}")
    return _outcome_of(file, ingest, accepted.unchanged)


def _goes_on(ingest: Ingest) -> str:
    return f"It continues; `answerable ingests show {ingest.ingest_id}` shows its state."


def _outcome_of(file: SourceFile, ingest: Ingest, unchanged: bool) -> Outcome:
    ingest = ingest.model_copy(update={"unchanged": unchanged})
    if ingest.succeeded:
        return Outcome(file, "unchanged" if unchanged else "succeeded", ingest)
    if ingest.error:
        return Outcome(file, ingest.state, ingest, ingest.error.code, ingest.error.message)
    return Outcome(file, ingest.state, ingest, message=_OVERTAKEN if ingest.state == "superseded" else None)


def run_ingestion(
    make_client: Callable[[], AsyncAnswerable],
    dataset_id: UUID,
    files: Sequence[SourceFile],
    watcher: Watcher,
    labels: Mapping[str, Any] | None = None,
) -> Ingestion:
    """Ingest for callers that are not asynchronous. Ctrl-C, or a server that stays away, stops the following only."""
    ingestion = Ingestion(files, labels=labels or {})

    async def run() -> None:
        async with make_client() as client:
            await ingest_files(client, dataset_id, ingestion, watcher)

    try:
        _run_until_lost(run, ingestion)
    except KeyboardInterrupt:
        ingestion.interrupted = True
    return ingestion


def _run_until_lost(run: Callable[[], Coroutine[Any, Any, None]], ingestion: Ingestion) -> None:
    try:
        asyncio.run(run())
    except* UnreachableError as group:
        ingestion.lost = next(error for error in group.exceptions if isinstance(error, UnreachableError))
