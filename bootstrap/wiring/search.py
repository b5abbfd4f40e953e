"""The one wiring of the way from a question to passages, for workers and for whoever else searches."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import structlog

from activities.search.boost_cache import BoostCache
from activities.search.passage_cache import PassageTextCache
from activities.search.passage_finder import PassageFinder
from activities.search.reranking import Rerankers
from adapters.embedders.sentence_transformers import SentenceTransformersEmbedder
from adapters.postgres.database import Database
from adapters.postgres.feedback import PostgresFeedback
from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.rerankers.local import LocalReranker
from bootstrap.settings import Settings
from domain.search.errors import RerankerUnavailableError
from domain.search.ports import Embedder, Reranker

_log = structlog.get_logger(__name__)
_MEBIBYTE: Final = 1024 * 1024


@asynccontextmanager
async def open_finder(
    settings: Settings, database: Database, embedder: Embedder, texts: PassageTextCache
) -> AsyncIterator[PassageFinder]:
    """Search with the rerankers that the settings make possible. None of them has to answer yet."""
    async with AsyncExitStack() as stack:
        installed: list[Reranker] = []
        if isinstance(embedder, SentenceTransformersEmbedder):
            local = LocalReranker(embedder, cache_bytes=settings.reranker_cache_mb * _MEBIBYTE)
            stack.push_async_callback(local.close)
            installed.append(local)
        if settings.cohere_api_key is not None:
            installed.append(await stack.enter_async_context(_open_cohere(settings)))
        yield PassageFinder(
            embedder,
            PostgresPassageIndex(database),
            texts,
            Rerankers(*installed),
            BoostCache(PostgresFeedback(database)),
        )


@asynccontextmanager
async def _open_cohere(settings: Settings) -> AsyncIterator[Reranker]:
    # Importing the client takes a second that only those should pay who use it.
    from adapters.rerankers.cohere import CohereReranker

    assert settings.cohere_api_key is not None, "the caller has looked"  # noqa: S101
    async with CohereReranker(
        settings.cohere_api_key,
        base_url=settings.cohere_base_url,
        model=settings.cohere_model,
        timeout=settings.cohere_timeout_seconds,
    ) as reranker:
        try:
            await reranker.check()
        except RerankerUnavailableError as error:
            # Answers do not depend on it: there is always the fused order.
            _log.warning("reranker_unhealthy", reranker=reranker.kind, fault=error.fault)
        yield reranker
