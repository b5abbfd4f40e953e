"""The clients: all methods by noun, with the two that everybody needs at the top."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Self, Unpack

import httpx

from answerable_sdk.resources.answers import AskOptions, ChatResponse, Messages, ask_call
from answerable_sdk.resources.audit import Audits
from answerable_sdk.resources.bots import Bots
from answerable_sdk.resources.conversations import Conversations
from answerable_sdk.resources.datasets import Datasets
from answerable_sdk.resources.documents import Documents
from answerable_sdk.resources.feedback import FeedbackMethods
from answerable_sdk.resources.ingests import Ingests
from answerable_sdk.resources.installed_packs import Packs
from answerable_sdk.resources.passages import Passages
from answerable_sdk.resources.policies import Policies
from answerable_sdk.resources.search import ExplainedSearch, Search, SearchOptions, explain_call, search_call
from answerable_sdk.resources.server import Health, Readiness, health_call, ready_call
from answerable_sdk.resources.sweeps import Sweeps
from answerable_sdk.resources.tenants import TenantMethods
from answerable_sdk.resources.tunings import Tunings
from answerable_sdk.resources.turns import Turns, response_of, turn_call
from answerable_sdk.transport.connection import Connection
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.retries import RetryPolicy
from answerable_sdk.transport.steps import Pause, Steps
from answerable_sdk.transport.transports import AsyncTransport, SyncTransport
from answerable_sdk.transport.waiting import Wait

_ATTEMPT_SECONDS = 75.0


class _Client(Resource[Mode]):
    """What both clients have."""

    def __init__(self, transport: Mode) -> None:
        super().__init__(transport)
        self.audit = Audits(transport)
        self.bots = Bots(transport)
        self.conversations = Conversations(transport)
        self.datasets = Datasets(transport)
        self.documents = Documents(transport)
        self.feedback = FeedbackMethods(transport)
        self.ingests = Ingests(transport)
        self.packs = Packs(transport)
        self.passages = Passages(transport)
        self.policies = Policies(transport)
        self.sweeps = Sweeps(transport)
        self.tenant = TenantMethods(transport)
        self.tunings = Tunings(transport)
        self.turns = Turns(transport)

    @method
    def ask(
        self,
        question: str | Messages,
        *,
        idempotency_key: str | None = None,
        timeout: float = 300.0,
        **options: Unpack[AskOptions],
    ) -> Steps[ChatResponse]:
        """Ask, and wait for the answer. Raises TurnFailedError, WaitTimeoutError after ``timeout`` seconds, others."""
        answer = yield from self._send(ask_call(question, idempotency_key, options))
        if isinstance(answer, ChatResponse):
            return answer
        waiting = Wait(f"Turn {answer.trace_id}", timeout)
        while True:
            turn = yield from self._send(turn_call(answer.trace_id))
            if (response := response_of(turn)) is not None:
                return response
            yield Pause(waiting.next_pause())

    @method
    def search(self, query: str, **options: Unpack[SearchOptions]) -> Steps[Search]:
        """Passages that the key's holder may see, best first."""
        return self._send(search_call(query, options))

    @method
    def explain_search(self, query: str, **options: Unpack[SearchOptions]) -> Steps[ExplainedSearch]:
        """The same search with the scores and ranks of each leg, the reranker's work, filters and timings."""
        return self._send(explain_call(query, options))

    @method
    def health(self) -> Steps[Health]:
        """Whether the server's process answers."""
        return self._send(health_call())

    @method
    def ready(self) -> Steps[Readiness]:
        """Whether the server can serve, and what is broken if not. Not retried."""
        return self._send(ready_call())


class Answerable(_Client[SyncTransport]):
    """A client for one server and one API key. Close it, or use it as a context manager.

    Connections that break and passing errors are retried. Where a repetition would do something twice, all attempts
    carry the same Idempotency-Key. ``timeout`` bounds one attempt, in seconds. Threads may share a client.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        timeout: float = _ATTEMPT_SECONDS,
        retries: RetryPolicy | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(SyncTransport(Connection(url, api_key, timeout, retries or RetryPolicy()), transport, sleep))

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncAnswerable(_Client[AsyncTransport]):
    """The same methods as Answerable, to be awaited. Close it, or use it as an asynchronous context manager."""

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        timeout: float = _ATTEMPT_SECONDS,
        retries: RetryPolicy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(AsyncTransport(Connection(url, api_key, timeout, retries or RetryPolicy()), transport, sleep))

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
