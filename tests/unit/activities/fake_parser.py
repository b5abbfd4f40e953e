"""Reading and cutting without another process, for unit tests of the steps."""

import asyncio
from pathlib import Path
from uuid import UUID

from adapters.parsers.registry import ParserRegistry
from domain.knowledge.chunking import ChunkOptions, chunk
from domain.knowledge.parsed import ParsedDocument, ParsedReport
from domain.knowledge.passage import ChunkedReport
from domain.knowledge.passage_lines import passage_lines


class ParserHere:
    """Parses and cuts in the tests' own process."""

    async def parse_into(
        self, target: Path, source: Path, media_type: str, name: str, *, tenant_id: UUID
    ) -> ParsedReport:
        parsed = await asyncio.to_thread(ParserRegistry().parse, source, media_type, name)
        await asyncio.to_thread(target.write_text, parsed.model_dump_json())
        return ParsedReport(parser=parsed.parser, characters=len(parsed.text), blocks=len(parsed.blocks))

    async def chunk_into(
        self, target: Path, source: Path, name: str, *, title: str | None, tenant_id: UUID
    ) -> ChunkedReport:
        document = ParsedDocument.model_validate_json(await asyncio.to_thread(source.read_bytes))
        passages = chunk(document.model_copy(update={"title": title or document.title}), ChunkOptions())
        await asyncio.to_thread(target.write_bytes, b"".join(passage_lines(passages)))
        return ChunkedReport(chunker=passages.chunker, passages=len(passages.passages), spans=passages.span_count)
