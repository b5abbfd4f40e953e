"""The asynchronous client: the synchronous one's twin, method for method."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, Unpack

import httpx

from answerable_sdk import calls
from answerable_sdk.bots import Bot, BotChanges
from answerable_sdk.calls import Call, Choices, Id, Messages, SearchChoices
from answerable_sdk.connection import Connection
from answerable_sdk.feedback import Feedback, FeedbackAnalytics, Tuning
from answerable_sdk.ingest_stream import Following
from answerable_sdk.models import (
    Audit,
    ChatResponse,
    Conversation,
    Dataset,
    Document,
    DocumentPage,
    Health,
    Ingest,
    IngestPage,
    Pack,
    Readiness,
    Turn,
)
from answerable_sdk.policies import AsyncPolicyMethods
from answerable_sdk.retries import Attempts, RetryPolicy
from answerable_sdk.searching import ExplainedSearch, Search
from answerable_sdk.sweeps import Sweep
from answerable_sdk.waiting import Wait, response_of

Result = TypeVar("Result")


class AsyncAnswerable(AsyncPolicyMethods):
    """A client for one server and one API key. Close it, or use it as an asynchronous context manager.

    Every POST carries an Idempotency-Key, and what fails on the way is tried again with the same one: an attempt
    whose response was lost is not done twice. ``timeout`` bounds one attempt, in seconds.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        timeout: float = 75.0,
        retries: RetryPolicy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._connection = Connection(url, api_key, timeout, retries or RetryPolicy())
        self._http = httpx.AsyncClient(transport=transport, **self._connection.http_arguments())
        self._sleep = sleep

    async def ask(
        self,
        question: str | Messages,
        *,
        idempotency_key: str | None = None,
        wait: float = 300.0,
        **choices: Unpack[Choices],
    ) -> ChatResponse:
        """Ask, and wait for the answer. Raises TurnFailedError, WaitTimeoutError after ``wait`` seconds, and others."""
        answer = await self._send(calls.ask(question, idempotency_key, choices))
        if isinstance(answer, ChatResponse):
            return answer
        waiting = Wait(f"Turn {answer.trace_id}", wait)
        while (response := response_of(await self.turn(answer.trace_id))) is None:
            await self._sleep(waiting.next_pause())
        return response

    async def turn(self, trace_id: str) -> Turn:
        """How a turn stands."""
        return await self._send(calls.turn(trace_id))

    async def search(self, query: str, **choices: Unpack[SearchChoices]) -> Search:
        """Passages that the key's holder may see, best first."""
        return await self._send(calls.search(query, choices))

    async def explain_search(self, query: str, **choices: Unpack[SearchChoices]) -> ExplainedSearch:
        """The same search with scores and ranks by leg, the reranker's work, filters and timings."""
        return await self._send(calls.explain_search(query, choices))

    async def give_feedback(
        self, trace_id: str, rating: Literal["up", "down"], *, passage_id: Id | None = None, comment: str | None = None
    ) -> Feedback:
        """Say whether an answer was good, and which passage would have been right."""
        return await self._send(calls.give_feedback(trace_id, rating, passage_id, comment))

    async def feedback_analytics(self, *, days: int = 30) -> FeedbackAnalytics:
        """What was said of answers."""
        return await self._send(calls.feedback_analytics(days))

    async def tunings(self) -> tuple[Tuning, ...]:
        """The versions of what was learned from feedback, the newest first."""
        return (await self._send(calls.tunings())).items

    async def tune(self, *, activate: int | None = None) -> Tuning:
        """Learn from feedback now, or have an earlier version apply again (0: none)."""
        return await self._send(calls.tune(activate))

    async def upload(
        self,
        dataset_id: Id,
        source: Path | str | bytes,
        *,
        name: str | None = None,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Ingest:
        """Upload a document: a path, or bytes with a ``name``.

        Fields: title, url, visibility, roles, wait, and what searches can be narrowed by: tags, tier, language and
        ``attributes``, a mapping of names to texts, numbers and truth values.
        """
        return await self._send(calls.upload(dataset_id, calls.document(source, name, **fields), idempotency_key))

    async def ingest(self, ingest_id: Id) -> Ingest:
        """How an ingest stands."""
        return await self._send(calls.ingest(ingest_id))

    async def wait_for_ingest(
        self, ingest_id: Id, *, wait: float = 3600.0, progress: Callable[[Ingest], None] | None = None
    ) -> Ingest:
        """Poll until the ingest ended, in whatever state, and tell ``progress`` each time. Raises WaitTimeoutError."""
        waiting = Wait(f"Ingest {ingest_id}", wait)
        while True:
            found = await self.ingest(ingest_id)
            if progress is not None:
                progress(found)
            if found.is_terminal:
                return found
            await self._sleep(waiting.next_pause())

    async def ingest_events(self, ingest_id: Id, *, wait: float = 3600.0) -> AsyncIterator[Ingest]:
        """Follow an ingest: its state now and whenever it changes, last the one in which it ended.

        A connection that breaks, also because the server is restarted, is taken up where it broke off.
        Raises UnreachableError when the server stays away, WaitTimeoutError after ``wait`` seconds.
        """
        following = Following(ingest_id, wait, self._connection.retries, self._connection.url)
        while not following.ended:
            try:
                async with self._http.stream(**following.arguments()) as response:
                    if response.is_error:
                        await response.aread()
                    else:
                        async for line in response.aiter_lines():
                            if found := following.take(line):
                                yield found
                    pause = following.pause_after(response)
            except httpx.TransportError as error:
                pause = following.pause_after_error(error)
            if not following.ended:
                await self._sleep(pause)

    async def ingests(
        self,
        *,
        state: str | None = None,
        dataset_id: Id | None = None,
        limit: int = 50,
        after: Id | None = None,
    ) -> IngestPage:
        """One page of ingests, newest first."""
        return await self._send(calls.ingests(state, dataset_id, limit, after))

    async def all_ingests(self, *, state: str | None = None, dataset_id: Id | None = None) -> AsyncIterator[Ingest]:
        """Every ingest, newest first, fetched page by page."""
        after: Id | None = None
        while True:
            page = await self.ingests(state=state, dataset_id=dataset_id, limit=200, after=after)
            for one in page.items:
                yield one
            if page.next is None:
                return
            after = page.next

    async def documents(
        self, dataset_id: Id, *, state: str | None = None, limit: int = 50, after: Id | None = None
    ) -> DocumentPage:
        """One page of a dataset's documents, by name; deleted ones only with ``state="deleted"``."""
        return await self._send(calls.documents(dataset_id, state, limit, after))

    async def all_documents(self, dataset_id: Id, *, state: str | None = None) -> AsyncIterator[Document]:
        """Every document of a dataset, by name, fetched page by page."""
        after: Id | None = None
        while True:
            page = await self.documents(dataset_id, state=state, limit=200, after=after)
            for one in page.items:
                yield one
            if page.next is None:
                return
            after = page.next

    async def delete_document(self, dataset_id: Id, document_id: Id) -> Document:
        """Take a document out of the answers at once. Deleting it again changes nothing. Raises NotFoundError."""
        return await self._send(calls.delete_document(dataset_id, document_id))

    async def audit(self, trace_id: str) -> Audit:
        """The events of a turn. Raises HistoryExpiredError past the retention."""
        return await self._send(calls.audit(trace_id))

    async def conversation(self, session_id: Id, *, limit: int = 50, after: int | None = None) -> Conversation:
        """A conversation with a page of its messages, oldest first; ``next`` of a page is ``after`` of the next."""
        return await self._send(calls.conversation(session_id, limit, after))

    async def sweep(
        self,
        *,
        remove: bool = False,
        older_than_seconds: int | None = None,
        idempotency_key: str | None = None,
        wait: float = 3600.0,
    ) -> Sweep:
        """Look for what ingests left over, wait for the report, and remove what was found if ``remove``.

        Raises WaitTimeoutError after ``wait`` seconds, ResponseError "already_running" while another sweep runs.
        """
        found = await self._send(calls.sweep(remove, older_than_seconds, idempotency_key))
        waiting = Wait("The sweep", wait)
        while found.state == "running":
            await self._sleep(waiting.next_pause())
            found = await self._send(calls.last_sweep())
        return found

    async def datasets(self) -> tuple[Dataset, ...]:
        """The tenant's datasets."""
        return (await self._send(calls.datasets())).datasets

    async def bots(self) -> tuple[Bot, ...]:
        """The tenant's bots, by name."""
        return (await self._send(calls.bots())).bots

    async def change_bot(self, bot_id: Id, **changes: Unpack[BotChanges]) -> Bot:
        """Set something of a bot and return it. Raises BotNotFoundError."""
        return await self._send(calls.change_bot(bot_id, changes))

    async def packs(self) -> tuple[Pack, ...]:
        """The server's packs."""
        return (await self._send(calls.packs())).packs

    async def health(self) -> Health:
        """Whether the server's process answers."""
        return await self._send(calls.health())

    async def ready(self) -> Readiness:
        """Whether the server can serve, and what is broken if not. Not retried."""
        return await self._send(calls.ready())

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _send(self, call: Call[Result]) -> Result:
        attempts = Attempts(self._connection.retries)
        pause: float | None
        while True:
            try:
                with call.arguments() as arguments:
                    response = await self._http.request(**arguments)
            except httpx.TransportError as error:
                pause = attempts.pause_after_error(error, self._connection.url)
            else:
                pause = attempts.pause_after_response(response) if call.retried else None
                if pause is None:
                    return call.parse(response)
            await self._sleep(pause)
