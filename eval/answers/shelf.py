"""Documents in the product's own index: parsed, cut, embedded and published as ever, to an embedded PostgreSQL."""

import asyncio
import hashlib
import mimetypes
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID, uuid4, uuid5

from adapters.parsers.controls import cleaned
from adapters.parsers.registry import ParserRegistry
from adapters.postgres.database import Database
from adapters.postgres.datasets import PostgresDatasets
from adapters.postgres.documents import PostgresDocuments
from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.migrations import upgrade
from adapters.postgres.tenants import PostgresTenants
from bootstrap.demo import TENANT_ID
from domain.identity.principal import Visibility
from domain.knowledge.chunking import ChunkOptions, chunk
from domain.knowledge.code_blocks import with_short_code
from domain.knowledge.dataset import Dataset
from domain.knowledge.document import DocumentRemoval
from domain.knowledge.passage import PassageSet
from domain.knowledge.publication import Publication
from domain.knowledge.version import DocumentVersion, SourceArtifact, document_id_for
from domain.search.ports import Embedder
from eval.trial_index import temporary_postgres

_TRANSACTIONS_AT_ONCE: Final = 4


class ShelfFile(NamedTuple):
    """A file, its name in the library, and who sees it."""

    path: Path
    name: str
    visibility: Visibility = "external"
    url: str | None = None


class Shelf:
    def __init__(self, database: Database, embedder: Embedder) -> None:
        self.database = database
        self.index = PostgresPassageIndex(database)
        self._embedder = embedder
        self._parsers = ParserRegistry()
        self._gate = asyncio.Semaphore(_TRANSACTIONS_AT_ONCE)

    async def dataset(self, name: str, pack_id: str) -> Dataset:
        """A new, empty dataset."""
        dataset_id = uuid5(TENANT_ID, f"answers/{name}")
        return await PostgresDatasets(self.database).create(
            Dataset(dataset_id=dataset_id, tenant_id=TENANT_ID, pack_id=pack_id, name=name)
        )

    async def put(self, dataset: Dataset, files: Iterable[ShelfFile]) -> int:
        """Publish the files, each as a new version of the document of its name; return how many passages there are.

        Raises the IngestError of a file that cannot be read.
        """
        cut = [(file, await asyncio.to_thread(self._cut, file)) for file in files]
        texts = [span.text for _, found in cut for passage in found.passages for span in passage.spans]
        vectors = await self._embedder.embed_spans(texts)
        size, start, waiting = 4 * self._embedder.dimension, 0, []
        for file, found in cut:
            end = start + found.span_count * size
            waiting.append(self._publish(_version(file, dataset), found, vectors[start:end]))
            start = end
        generations = set(await asyncio.gather(*waiting))
        for generation_id in generations:
            await self.index.tend(TENANT_ID, generation_id)
        return sum(len(found.passages) for _, found in cut)

    async def remove(self, dataset: Dataset, name: str) -> None:
        """Raises NotFoundError."""
        await PostgresDocuments(self.database).remove(
            DocumentRemoval(
                tenant_id=TENANT_ID,
                dataset_id=dataset.dataset_id,
                document_id=document_id_for(TENANT_ID, dataset.dataset_id, name),
                external_key=name,
                requested_by="eval",
            )
        )

    def _cut(self, file: ShelfFile) -> PassageSet:
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        parsed = with_short_code(cleaned(self._parsers.parse(file.path, media_type, file.name)))
        return chunk(parsed, ChunkOptions())

    async def _publish(self, version: DocumentVersion, found: PassageSet, embeddings: bytes) -> UUID:
        publication = Publication(
            version=version,
            passages=found,
            model=self._embedder.model,
            dimension=self._embedder.dimension,
            embeddings=embeddings,
        )
        async with self._gate:
            await PostgresIngests(self.database).register(version)
            return (await self.index.ingest(publication)).generation_id


def _version(file: ShelfFile, dataset: Dataset) -> DocumentVersion:
    content = file.path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    return DocumentVersion(
        tenant_id=TENANT_ID,
        dataset_id=dataset.dataset_id,
        document_id=document_id_for(TENANT_ID, dataset.dataset_id, file.name),
        version_id=uuid4(),
        external_key=file.name,
        url=file.url,
        visibility=file.visibility,
        artifact=SourceArtifact(
            key=f"{TENANT_ID}/{sha256}/source",
            sha256=sha256,
            size_bytes=len(content),
            media_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        ),
        submitted_at=datetime.now(UTC),
        submitted_by="eval",
    )


@asynccontextmanager
async def open_shelf(embedder: Embedder) -> AsyncIterator[Shelf]:
    """An empty one on a server of its own; both are gone afterwards."""
    with temporary_postgres() as server:
        await asyncio.to_thread(upgrade, server.owner_url.get_secret_value())
        async with Database(server.app_url.get_secret_value()) as database:
            await PostgresTenants(database).create(TENANT_ID, "Answers")
            yield Shelf(database, embedder)
