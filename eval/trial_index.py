"""A corpus in the product's own index: an embedded PostgreSQL in a temporary folder, written through the same ports.

No Temporal: each document goes through the product's parser, chunker, embedder and publishing transaction by
direct calls. What is measured is the search, not the ingest.
"""

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from adapters.parsers.text import TextParser
from adapters.postgres.database import Database
from adapters.postgres.datasets import PostgresDatasets
from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.migrations import upgrade
from adapters.postgres.tenants import PostgresTenants
from adapters.search.text_analysis import passage_terms
from bootstrap.embedded.free_ports import choose_port
from bootstrap.embedded.postgres import PostgresServer, generate_passwords
from domain.knowledge.chunking import ChunkOptions, chunk
from domain.knowledge.dataset import Dataset
from domain.knowledge.errors import EmptyDocumentError
from domain.knowledge.passage import PassageSet
from domain.knowledge.publication import Publication, PublishReceipt
from domain.knowledge.version import DocumentVersion, SourceArtifact, document_id_for
from domain.search.ports import Embedder
from domain.search.retrieval import SearchFilters
from eval.judged_folder import CorpusDocument

_DOCUMENTS_AT_ONCE: Final = 64
_TRANSACTIONS_AT_ONCE: Final = 4
_TENANT: Final = uuid5(NAMESPACE_URL, "answerable:tenant:eval")


@dataclass
class Contents:
    """What went in. ``terms`` and ``owners`` are by passage: the words that it is indexed under, its document's id."""

    documents: int = 0
    empty: int = 0
    spans: int = 0
    terms: list[list[str]] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """Parsed texts by document id, of those for which they are kept."""


class TrialIndex:
    def __init__(self, database: Database, embedder: Embedder, dataset: Dataset) -> None:
        self.database = database
        self.index = PostgresPassageIndex(database)
        self.contents = Contents()
        self._embedder = embedder
        self._dataset = dataset
        self._ingests = PostgresIngests(database)
        self._gate = asyncio.Semaphore(_TRANSACTIONS_AT_ONCE)

    @property
    def filters(self) -> SearchFilters:
        """Everything that was published."""
        return SearchFilters(tenant_id=_TENANT, dataset_ids=(self._dataset.dataset_id,), visibilities=("external",))

    async def publish(
        self, documents: Iterable[CorpusDocument], keep_texts: set[str], done: Callable[[int], None]
    ) -> None:
        """Put the documents in, a batch at a time; ``done`` is told how many each batch had."""
        remaining = iter(documents)
        with tempfile.TemporaryDirectory(prefix="answerable-eval-text-") as folder:
            file = Path(folder) / "document.txt"
            while batch := list(islice(remaining, _DOCUMENTS_AT_ONCE)):
                cut = [(document, found) for document in batch if (found := self._cut(document, file, keep_texts))]
                await self._publish_batch(cut)
                done(len(batch))

    def _cut(self, document: CorpusDocument, file: Path, keep_texts: set[str]) -> PassageSet | None:
        read = cut_document(document, file)
        if read is None:
            self.contents.empty += 1
            return None
        if document.document_id in keep_texts:
            self.contents.texts[document.document_id] = read.text
        return read.passages

    async def _publish_batch(self, cut: list[tuple[CorpusDocument, PassageSet]]) -> None:
        texts = [span.text for _, found in cut for passage in found.passages for span in passage.spans]
        vectors = await self._embedder.embed_spans(texts)
        size = 4 * self._embedder.dimension
        start, publications = 0, list[Publication]()
        for document, found in cut:
            end = start + found.span_count * size
            publications.append(self._publication(document, found, vectors[start:end]))
            self._count(document, found)
            start = end
        receipts = await asyncio.gather(*map(self._publish_one, publications))
        for generation_id in {receipt.generation_id for receipt in receipts}:
            # As after every publication of the product: segments are merged, a large index gets its vector index.
            await self.index.tend(_TENANT, generation_id)

    async def _publish_one(self, publication: Publication) -> PublishReceipt:
        async with self._gate:
            await self._ingests.register(publication.version)
            return await self.index.ingest(publication)

    def _count(self, document: CorpusDocument, found: PassageSet) -> None:
        self.contents.documents += 1
        self.contents.spans += found.span_count
        self.contents.titles[document.document_id] = document.title
        for passage in found.passages:
            title = document.title or document.document_id
            self.contents.terms.append(
                passage_terms(title, passage.section_heading, passage.text, passage.table_header)
            )
            self.contents.owners.append(document.document_id)

    def _publication(self, document: CorpusDocument, found: PassageSet, embeddings: bytes) -> Publication:
        sha256 = hashlib.sha256(document.text.encode()).hexdigest()
        dataset = self._dataset
        version = DocumentVersion(
            tenant_id=_TENANT,
            dataset_id=dataset.dataset_id,
            document_id=document_id_for(_TENANT, dataset.dataset_id, document.document_id),
            version_id=uuid4(),
            external_key=document.document_id,
            title=document.title or None,
            artifact=SourceArtifact(
                key=f"{_TENANT}/{sha256}/source", sha256=sha256, size_bytes=len(document.text), media_type="text/plain"
            ),
            submitted_at=datetime.now(UTC),
            submitted_by="eval",
        )
        return Publication(
            version=version,
            passages=found,
            model=self._embedder.model,
            dimension=self._embedder.dimension,
            embeddings=embeddings,
        )


class Cut(NamedTuple):
    """A document as parsed, and as cut."""

    text: str
    passages: PassageSet


def cut_document(document: CorpusDocument, file: Path) -> Cut | None:
    """What the product's parser and chunker make of a document, written to ``file`` first; None if there is no text."""
    file.write_text(document.text, encoding="utf-8", newline="")
    try:
        parsed = TextParser().parse(file, "text/plain", "document.txt")
    except EmptyDocumentError:
        return None
    # A title that the corpus does not give is nobody's: the file's name would be noise.
    passages = chunk(parsed.model_copy(update={"title": document.title or None}), ChunkOptions())
    return Cut(parsed.text, passages) if passages.passages else None


@asynccontextmanager
async def open_trial_index(embedder: Embedder) -> AsyncIterator[TrialIndex]:
    """An empty index on a server of its own; both are gone afterwards."""
    with temporary_postgres() as server:
        await asyncio.to_thread(upgrade, server.owner_url.get_secret_value())
        async with Database(server.app_url.get_secret_value()) as database:
            await PostgresTenants(database).create(_TENANT, "Evaluation")
            dataset = Dataset(dataset_id=_dataset_id(), tenant_id=_TENANT, pack_id="eval", name="eval")
            yield TrialIndex(database, embedder, await PostgresDatasets(database).create(dataset))


def _dataset_id() -> UUID:
    return uuid5(_TENANT, "dataset/eval")


@contextmanager
def temporary_postgres() -> Iterator[PostgresServer]:
    """A server in a temporary folder; both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="answerable-eval-")).resolve()
    # Started by root, PostgreSQL runs as another user, who has to get there.
    folder.chmod(0o711)
    server = PostgresServer(folder / "postgres", choose_port(None), generate_passwords(), folder / "postgres.log")
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
