"""What searching needs of the outside world."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from domain.identity.principal import Reader
from domain.knowledge.publication import Publication, PublishReceipt
from domain.search.reranking import RerankCandidate, RerankerKind
from domain.search.retrieval import SearchFilters, SearchQuery, SearchResult
from domain.search.stored import StoredPassage


class Embedder(Protocol):
    """Turns text into normalised vectors. ``model`` names model and precision-independent version."""

    @property
    def model(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    async def embed_query(self, text: str) -> tuple[float, ...]: ...

    async def embed_spans(self, texts: Sequence[str]) -> bytes:
        """Return ``len(texts)`` vectors of ``dimension`` little-endian float32 numbers, concatenated."""
        ...


class PassageIndex(Protocol):
    """The searchable index: only whole, live versions are ever in it."""

    async def ingest(self, publication: Publication) -> PublishReceipt:
        """Swap a version in, in place of its document's live one, and mark its ingest succeeded: one transaction.

        Idempotent. Passages and spans of the version are stored; those of the replaced version leave the index, while
        its passages stay, so that old citations open. A version that is already terminal is left as it is. Older
        versions of the document that are still unfinished end superseded.
        Raises EmbeddingModelChangedError when the dataset's live generation has another model.
        """
        ...

    async def search(self, query: SearchQuery, filters: SearchFilters, top_k: int) -> SearchResult:
        """Return at most ``top_k`` passages, best first, none outside ``filters``."""
        ...

    async def tend(self, tenant_id: UUID, generation_id: UUID) -> None:
        """Keep a generation fast to search. Changes no result; never raises for a database that is away."""
        ...


class Reranker(Protocol):
    """Looks closer at the candidates of a search. ``model`` names what the scores come from, with its version."""

    @property
    def kind(self) -> RerankerKind: ...

    @property
    def model(self) -> str: ...

    async def rerank(self, question: str, candidates: Sequence[RerankCandidate]) -> tuple[float, ...]:
        """A score in [0, 1] for each candidate, in the given order, which is that of the search, best first.

        Bounded in time. Raises RerankerUnavailableError when there is no order that can be used.
        """
        ...


class PassageTexts(Protocol):
    async def passage_texts(self, tenant_id: UUID, passage_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """The texts of passages that exist; erased ones are missing from the mapping."""
        ...


class StoredPassages(Protocol):
    async def get(
        self, tenant_id: UUID, passage_id: UUID, reader: Reader, dataset_ids: Sequence[UUID]
    ) -> StoredPassage | None:
        """None if it does not exist, or not for the reader, or in none of the datasets."""
        ...
