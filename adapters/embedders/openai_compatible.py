"""Embeddings by a service that speaks OpenAI's API, through OpenAI's own client.

The client's own retries are off: the errors say whether another try can help, and the caller's policy decides.
Redirects are not followed: texts go where the settings say and nowhere else.
"""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Self

from openai import AsyncOpenAI, DefaultAsyncHttpxClient, DefaultHttpxClient, Omit, OpenAI
from pydantic import SecretStr

from adapters.embedders.batches import batches_by_length, in_order
from adapters.embedders.openai_replies import translated, vectors_of
from adapters.embedders.query_cache import QueryCache
from adapters.embedders.vectors import Vectors, to_tuple

MAX_DIMENSIONS: Final = 3072
DEFAULT_BATCH: Final = 64
DEFAULT_TIMEOUT_SECONDS: Final = 8.0
# A step of a turn has ten seconds, and a person is waiting.
_MAX_QUERY_SECONDS: Final = 8.0
_CACHED_QUERIES: Final = 2048
# Services refuse a text of nothing.
_NOTHING: Final = "."


class OpenAICompatibleEmbedder:
    """Implements the port Embedder. ``timeout`` (seconds) bounds a call with ``batch_size`` texts; a question's: 8.

    ``dimension``: what the model returns; with ``shortens`` the service is asked for that many numbers, which only
    models trained for it can do. Without ``api_key`` no Authorization is sent. The awaited methods are for one event
    loop. All raise EmbedderUnavailableError (worth another try), EmbedderRejectedError and EmbedderReplyInvalidError.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: SecretStr | None,
        model: str,
        dimension: int,
        shortens: bool = False,
        batch_size: int = DEFAULT_BATCH,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> None:
        if not 1 <= dimension <= MAX_DIMENSIONS:
            raise ValueError(f"the dimension must be between 1 and {MAX_DIMENSIONS}")
        self._model, self._dimension = model, dimension
        self._batch_size, self._timeout = batch_size, timeout
        self._query_timeout = min(timeout, _MAX_QUERY_SECONDS)
        self._given: dict[str, Any] = {"model": model, "encoding_format": "float"}
        if shortens:
            self._given["dimensions"] = dimension
        if api_key is None:
            self._given["extra_headers"] = {"Authorization": Omit()}
        # The client takes a key from the environment when it is given none.
        key = api_key.get_secret_value() if api_key else "none"
        made: dict[str, Any] = {"api_key": key, "base_url": base_url, "timeout": timeout, "max_retries": 0}
        self._http = DefaultHttpxClient(follow_redirects=False)
        self._client = OpenAI(**made, http_client=self._http)
        self._async_http = DefaultAsyncHttpxClient(follow_redirects=False)
        self._async_client = AsyncOpenAI(**made, http_client=self._async_http)
        self._cache = QueryCache(_CACHED_QUERIES)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        self._http.close()
        await self._async_http.aclose()

    @property
    def model(self) -> str:
        """The model's name, not the service's: the same model elsewhere gives the same vectors."""
        return self._model

    @property
    def dimension(self) -> int:
        return self._dimension

    async def check(self) -> None:
        """Embed one text, past the cache: whether address, key, model and dimension fit each other."""
        await self._embed(["check"], self._query_timeout)

    async def embed_query(self, text: str) -> tuple[float, ...]:
        known = self._cache.get(text)
        return known if known is not None else self._kept(text, await self._embed([text], self._query_timeout))

    async def embed_spans(self, texts: Sequence[str]) -> bytes:
        vectors: dict[int, Vectors] = {}
        for numbers, batch in batches_by_length(texts, self._batch_size):
            vectors.update(zip(numbers, await self._embed(batch, self._timeout), strict=True))
        return in_order(vectors)

    def embed_query_sync(self, text: str) -> tuple[float, ...]:
        known = self._cache.get(text)
        return known if known is not None else self._kept(text, self._embed_sync([text]))

    def embed_spans_sync(self, texts: Sequence[str]) -> bytes:
        vectors: dict[int, Vectors] = {}
        for numbers, batch in batches_by_length(texts, self._batch_size):
            vectors.update(zip(numbers, self._embed_sync(batch), strict=True))
        return in_order(vectors)

    def _kept(self, text: str, vectors: Vectors) -> tuple[float, ...]:
        vector = to_tuple(vectors[0])
        self._cache.put(text, vector)
        return vector

    async def _embed(self, texts: Sequence[str], seconds: float) -> Vectors:
        with translated():
            # The client's own limit starts anew with every byte that arrives.
            async with asyncio.timeout(seconds):
                reply = await self._async_client.embeddings.create(input=_sendable(texts), **self._given)
        return vectors_of(reply, len(texts), self._dimension)

    def _embed_sync(self, texts: Sequence[str]) -> Vectors:
        with translated():
            reply = self._client.embeddings.create(input=_sendable(texts), **self._given)
        return vectors_of(reply, len(texts), self._dimension)


def _sendable(texts: Sequence[str]) -> list[str]:
    return [text if text.strip() else _NOTHING for text in texts]
