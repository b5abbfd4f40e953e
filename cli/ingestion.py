"""Uploading many documents and following each to its end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

from answerable_sdk import AnswerableError, AsyncAnswerable, Ingest, UnreachableError
from cli.document_folders import SourceFile

PARALLEL: Final = 4


@dataclass(frozen=True)
class Outcome:
    """How one file ended: its ingest, or why it has none."""

    file: SourceFile
    ingest: Ingest | None
    problem: str | None = None

    @property
    def succeeded(self) -> bool:
        return self.ingest is not None and self.ingest.succeeded

    def as_json(self) -> dict[str, Any]:
        return {
            "path": str(self.file.path),
            "name": self.file.name,
            "succeeded": self.succeeded,
            "problem": self.problem,
            "ingest": self.ingest.model_dump(mode="json") if self.ingest else None,
        }


class Watcher(Protocol):
    """Told about every file as it goes on."""

    def started(self, file: SourceFile) -> None: ...

    def progressed(self, file: SourceFile, ingest: Ingest) -> None: ...

    def ended(self, outcome: Outcome) -> None: ...


async def ingest_files(
    client: AsyncAnswerable, dataset_id: UUID, files: Sequence[SourceFile], watcher: Watcher
) -> list[Outcome]:
    """Ingest ``files``, at most four at a time; a file that fails does not stop the others.

    Raises UnreachableError: without a server none of the others can do better.
    """
    gate = asyncio.Semaphore(PARALLEL)

    async def one(file: SourceFile) -> Outcome:
        async with gate:
            watcher.started(file)
            outcome = await _ingest_one(client, dataset_id, file, watcher)
            watcher.ended(outcome)
            return outcome

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(file)) for file in files]
    return [task.result() for task in tasks]


async def _ingest_one(client: AsyncAnswerable, dataset_id: UUID, file: SourceFile, watcher: Watcher) -> Outcome:
    def progress(now: Ingest) -> None:
        watcher.progressed(file, now)

    try:
        ingest = await client.upload(dataset_id, file.path, name=file.name)
        if not ingest.is_terminal:
            unchanged = ingest.unchanged
            ended = await client.wait_for_ingest(ingest.ingest_id, progress=progress)
            ingest = ended.model_copy(update={"unchanged": unchanged})
    except UnreachableError:
        raise
    except (AnswerableError, OSError) as error:
        return Outcome(file, None, str(error))
    return Outcome(file, ingest, _problem_of(ingest))


def _problem_of(ingest: Ingest) -> str | None:
    if ingest.succeeded:
        return None
    if ingest.error:
        return f"{ingest.error.code}: {ingest.error.message}"
    return f"The ingest ended {ingest.state}: another version of the document came after it."


def run_ingestion(
    make_client: Callable[[], AsyncAnswerable], dataset_id: UUID, files: Sequence[SourceFile], watcher: Watcher
) -> list[Outcome]:
    """Like ``ingest_files``, for callers that are not asynchronous."""

    async def run() -> list[Outcome]:
        async with make_client() as client:
            return await ingest_files(client, dataset_id, files, watcher)

    try:
        return asyncio.run(run())
    except* UnreachableError as group:
        raise group.exceptions[0] from None
