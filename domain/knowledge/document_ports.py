"""The ports of the steps over one document, which are worked out elsewhere than in the worker."""

from pathlib import Path
from typing import Protocol
from uuid import UUID

from domain.knowledge.parsed import ParsedReport
from domain.knowledge.passage import ChunkedReport


class Parser(Protocol):
    async def parse_into(
        self, target: Path, source: Path, media_type: str, name: str, *, tenant_id: UUID
    ) -> ParsedReport:
        """Read the file at ``source`` and write a ParsedDocument to ``target`` as JSON; ``media_type`` and ``name`` are
        what the uploader said of it.

        Bounded in time and memory. Cancelling the call ends the work. Raises an IngestError of the fitting code for
        what cannot be parsed.
        """
        ...


class Chunker(Protocol):
    async def chunk_into(
        self, target: Path, source: Path, name: str, *, title: str | None, tenant_id: UUID
    ) -> ChunkedReport:
        """Cut the ParsedDocument at ``source`` and write its passages to ``target`` as ``passage_lines`` says.

        ``title`` takes the place of the document's own. Bounded in time and memory. Cancelling the call ends the work.
        Raises an IngestError: EmptyDocument-, TooManyPassages-, ChunkingTimeout-, ChunkingOutOfMemory- or
        ChunkingCrashedError.
        """
        ...
