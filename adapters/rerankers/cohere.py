"""Reranking by Cohere's API, through its own client.

The client's own retries are off: a call is repeated here at most once, within its time limit and the retry budget. A
circuit breaker leaves the service alone while it fails, and for as long as it asks to be.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx
from cohere import AsyncClientV2
from cohere.core.request_options import RequestOptions
from pydantic import SecretStr

from adapters.rerankers.cohere_responses import relevance_of, translated
from domain.limits.circuit_breaker import BreakerState, CircuitBreaker, RetryBudget
from domain.search.errors import RerankerUnavailableError
from domain.search.reranking import RerankCandidate, RerankerKind, RerankFault

DEFAULT_BASE_URL: Final = "https://api.cohere.com"
DEFAULT_MODEL: Final = "rerank-v3.5"
_PAUSE_SECONDS: Final = 0.05
_HEALTH_SECONDS: Final = 2.0
_ONCE: Final = RequestOptions(max_retries=0)
_WORTH_REPEATING: Final = frozenset({RerankFault.RATE_LIMITED, RerankFault.PROVIDER_FAILED, RerankFault.UNREACHABLE})
Result = TypeVar("Result")


class CohereReranker:
    """Implements the port Reranker. ``timeout`` (seconds) bounds a call with its repeat. For one event loop."""

    kind = RerankerKind.COHERE

    def __init__(
        self,
        api_key: SecretStr,
        *,
        base_url: str = DEFAULT_BASE_URL,
        model: str = DEFAULT_MODEL,
        timeout: float = 2.0,
        breaker: CircuitBreaker | None = None,
        budget: RetryBudget | None = None,
    ) -> None:
        self.model = model
        self._timeout = timeout
        self._breaker = breaker or CircuitBreaker(time.monotonic)
        self._budget = budget or RetryBudget()
        self._http = httpx.AsyncClient(timeout=timeout)
        self._client = AsyncClientV2(
            api_key.get_secret_value(), base_url=base_url, timeout=timeout, max_retries=0, httpx_client=self._http
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    @property
    def state(self) -> BreakerState:
        """Whether the service is being called at the moment."""
        return self._breaker.state

    async def rerank(self, question: str, candidates: Sequence[RerankCandidate]) -> tuple[float, ...]:
        """The relevance of each candidate, in [0, 1]. Raises RerankerUnavailableError."""
        if not candidates:
            return ()
        texts = [_document(candidate) for candidate in candidates]

        async def ask() -> tuple[float, ...]:
            with translated():
                found = await self._client.rerank(
                    model=self.model, query=question, documents=texts, top_n=len(texts), request_options=_ONCE
                )
                return relevance_of(found, len(texts))

        self._budget.earn()
        return await self._guarded(lambda: self._with_repeat(ask), self._timeout)

    async def check(self) -> None:
        """Ask whether the service knows the key and the model. Raises RerankerUnavailableError."""

        async def ask() -> None:
            with translated():
                await self._client.models.get(self.model, request_options=_ONCE)

        await self._guarded(ask, _HEALTH_SECONDS)

    async def _with_repeat(self, ask: Callable[[], Awaitable[Result]]) -> Result:
        started = asyncio.get_running_loop().time()
        try:
            return await ask()
        except RerankerUnavailableError as error:
            pause = max(error.rest, _PAUSE_SECONDS)
            left = self._timeout - (asyncio.get_running_loop().time() - started)
            if error.fault not in _WORTH_REPEATING or pause >= left or not self._budget.spend():
                raise
        await asyncio.sleep(pause)
        return await ask()

    async def _guarded(self, call: Callable[[], Awaitable[Result]], seconds: float) -> Result:
        if not self._breaker.allows():
            raise RerankerUnavailableError(RerankFault.CIRCUIT_OPEN)
        try:
            async with asyncio.timeout(seconds):
                result = await call()
        except RerankerUnavailableError as error:
            self._breaker.failed(rest=error.rest)
            raise
        except TimeoutError:
            self._breaker.failed()
            raise RerankerUnavailableError(RerankFault.TIMEOUT) from None
        except BaseException:
            self._breaker.abandoned()
            raise
        self._breaker.succeeded()
        return result


def _document(candidate: RerankCandidate) -> str:
    """What the service reads of a passage: where it stands, then its text."""
    passage = candidate.passage
    return "\n".join(filter(None, (passage.title, passage.section_heading, candidate.text)))
