"""The one place where an embedder is chosen and opened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from adapters.embedders.hash import HashEmbedder
from adapters.embedders.sentence_transformers import SentenceTransformersEmbedder
from bootstrap.settings import Settings
from domain.search.errors import EmbedderUnavailableError
from domain.search.ports import Embedder

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_embedder(settings: Settings, *, for_bulk: bool) -> AsyncIterator[Embedder]:
    """The embedder of the settings, warmed up: the first question must not pay for loading the model.

    ``for_bulk`` looks for the fastest number format first, which takes seconds that only an ingest earns back.
    Raises EmbeddingModelMissingError, EmbedderRejectedError or EmbedderReplyInvalidError.
    """
    if settings.embedder == "hash":
        yield HashEmbedder()
    elif settings.embedder == "openai":
        async with _open_service(settings) as service:
            yield service
    else:
        folder = Path(settings.embedding_model) if settings.embedding_model else None
        local = SentenceTransformersEmbedder(folder, calibrate=for_bulk)
        await local.warm_up()
        yield local


@asynccontextmanager
async def _open_service(settings: Settings) -> AsyncIterator[Embedder]:
    # Importing the client takes a second that only those should pay who use it.
    from adapters.embedders.openai_compatible import OpenAICompatibleEmbedder

    assert settings.embeddings_dimension is not None, "the settings have looked"  # noqa: S101
    async with OpenAICompatibleEmbedder(
        base_url=settings.embeddings_base_url,
        api_key=settings.embeddings_api_key,
        model=settings.embeddings_model,
        dimension=settings.embeddings_dimension,
        shortens=settings.embeddings_shorten,
        batch_size=settings.embeddings_batch_size,
        timeout=settings.embeddings_timeout_seconds,
    ) as embedder:
        try:
            await embedder.check()
        except EmbedderUnavailableError as error:
            # It may be back before the first question; what no waiting fixes ends the start instead.
            _log.warning("embedder_unhealthy", model=embedder.model, **error.details)
        yield embedder
