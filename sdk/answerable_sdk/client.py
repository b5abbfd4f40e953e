"""The synchronous client."""

import time
from collections.abc import Callable, Iterator
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
from answerable_sdk.policies import PolicyMethods
from answerable_sdk.retries import Attempts, RetryPolicy
from answerable_sdk.searching import ExplainedSearch, Search
from answerable_sdk.sweeps import Sweep
from answerable_sdk.waiting import Wait, response_of

Result = TypeVar("Result")


class Answerable(PolicyMethods):
    """A client for one server and one API key. Close it, or use it as a context manager.

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
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connection = Connection(url, api_key, timeout, retries or RetryPolicy())
        self._http = httpx.Client(transport=transport, **self._connection.http_arguments())
        self._sleep = sleep

    def ask(
        self,
        question: str | Messages,
        *,
        idempotency_key: str | None = None,
        wait: float = 300.0,
        **choices: Unpack[Choices],
    ) -> ChatResponse:
        """Ask, and wait for the answer. Raises TurnFailedError, WaitTimeoutError after ``wait`` seconds, and others."""
        answer = self._send(calls.ask(question, idempotency_key, choices))
        if isinstance(answer, ChatResponse):
            return answer
        waiting = Wait(f"Turn {answer.trace_id}", wait)
        while (response := response_of(self.turn(answer.trace_id))) is None:
            self._sleep(waiting.next_pause())
        return response

    def turn(self, trace_id: str) -> Turn:
        """How a turn stands."""
        return self._send(calls.turn(trace_id))

    def search(self, query: str, **choices: Unpack[SearchChoices]) -> Search:
        """Passages that the key's holder may see, best first."""
        return self._send(calls.search(query, choices))

    def explain_search(self, query: str, **choices: Unpack[SearchChoices]) -> ExplainedSearch:
        """The same search with scores and ranks by leg, the reranker's work, filters and timings."""
        return self._send(calls.explain_search(query, choices))

    def give_feedback(
        self, trace_id: str, rating: Literal["up", "down"], *, passage_id: Id | None = None, comment: str | None = None
    ) -> Feedback:
        """Say whether an answer was good, and which passage would have been right."""
        return self._send(calls.give_feedback(trace_id, rating, passage_id, comment))

    def feedback_analytics(self, *, days: int = 30) -> FeedbackAnalytics:
        """What was said of answers."""
        return self._send(calls.feedback_analytics(days))

    def tunings(self) -> tuple[Tuning, ...]:
        """The versions of what was learned from feedback, the newest first."""
        return (self._send(calls.tunings())).items

    def tune(self, *, activate: int | None = None) -> Tuning:
        """Learn from feedback now, or have an earlier version apply again (0: none)."""
        return self._send(calls.tune(activate))

    def upload(
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
        return self._send(calls.upload(dataset_id, calls.document(source, name, **fields), idempotency_key))

    def ingest(self, ingest_id: Id) -> Ingest:
        """How an ingest stands."""
        return self._send(calls.ingest(ingest_id))

    def wait_for_ingest(
        self, ingest_id: Id, *, wait: float = 3600.0, progress: Callable[[Ingest], None] | None = None
    ) -> Ingest:
        """Poll until the ingest ended, in whatever state, and tell ``progress`` each time. Raises WaitTimeoutError."""
        waiting = Wait(f"Ingest {ingest_id}", wait)
        while True:
            found = self.ingest(ingest_id)
            if progress is not None:
                progress(found)
            if found.is_terminal:
                return found
            self._sleep(waiting.next_pause())

    def ingest_events(self, ingest_id: Id, *, wait: float = 3600.0) -> Iterator[Ingest]:
        """Follow an ingest: its state now and whenever it changes, last the one in which it ended.

        A connection that breaks, also because the server is restarted, is taken up where it broke off.
        Raises UnreachableError when the server stays away, WaitTimeoutError after ``wait`` seconds.
        """
        following = Following(ingest_id, wait, self._connection.retries, self._connection.url)
        while not following.ended:
            try:
                with self._http.stream(**following.arguments()) as response:
                    if response.is_error:
                        response.read()
                    else:
                        for line in response.iter_lines():
                            if found := following.take(line):
                                yield found
                    pause = following.pause_after(response)
            except httpx.TransportError as error:
                pause = following.pause_after_error(error)
            if not following.ended:
                self._sleep(pause)

    def ingests(
        self,
        *,
        state: str | None = None,
        dataset_id: Id | None = None,
        limit: int = 50,
        after: Id | None = None,
    ) -> IngestPage:
        """One page of ingests, newest first."""
        return self._send(calls.ingests(state, dataset_id, limit, after))

    def all_ingests(self, *, state: str | None = None, dataset_id: Id | None = None) -> Iterator[Ingest]:
        """Every ingest, newest first, fetched page by page."""
        after: Id | None = None
        while True:
            page = self.ingests(state=state, dataset_id=dataset_id, limit=200, after=after)
            yield from page.items
            if page.next is None:
                return
            after = page.next

    def documents(
        self, dataset_id: Id, *, state: str | None = None, limit: int = 50, after: Id | None = None
    ) -> DocumentPage:
        """One page of a dataset's documents, by name; deleted ones only with ``state="deleted"``."""
        return self._send(calls.documents(dataset_id, state, limit, after))

    def all_documents(self, dataset_id: Id, *, state: str | None = None) -> Iterator[Document]:
        """Every document of a dataset, by name, fetched page by page."""
        after: Id | None = None
        while True:
            page = self.documents(dataset_id, state=state, limit=200, after=after)
            yield from page.items
            if page.next is None:
                return
            after = page.next

    def delete_document(self, dataset_id: Id, document_id: Id) -> Document:
        """Take a document out of the answers at once. Deleting it again changes nothing. Raises NotFoundError."""
        return self._send(calls.delete_document(dataset_id, document_id))

    def audit(self, trace_id: str) -> Audit:
        """The events of a turn. Raises HistoryExpiredError past the retention."""
        return self._send(calls.audit(trace_id))

    def conversation(self, session_id: Id, *, limit: int = 50, after: int | None = None) -> Conversation:
        """A conversation with a page of its messages, oldest first; ``next`` of a page is ``after`` of the next."""
        return self._send(calls.conversation(session_id, limit, after))

    def sweep(
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
        found = self._send(calls.sweep(remove, older_than_seconds, idempotency_key))
        waiting = Wait("The sweep", wait)
        while found.state == "running":
            self._sleep(waiting.next_pause())
            found = self._send(calls.last_sweep())
        return found

    def datasets(self) -> tuple[Dataset, ...]:
        """The tenant's datasets."""
        return self._send(calls.datasets()).datasets

    def bots(self) -> tuple[Bot, ...]:
        """The tenant's bots, by name."""
        return self._send(calls.bots()).bots

    def change_bot(self, bot_id: Id, **changes: Unpack[BotChanges]) -> Bot:
        """Set something of a bot and return it. Raises BotNotFoundError."""
        return self._send(calls.change_bot(bot_id, changes))

    def packs(self) -> tuple[Pack, ...]:
        """The server's packs."""
        return self._send(calls.packs()).packs

    def health(self) -> Health:
        """Whether the server's process answers."""
        return self._send(calls.health())

    def ready(self) -> Readiness:
        """Whether the server can serve, and what is broken if not. Not retried."""
        return self._send(calls.ready())

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, call: Call[Result]) -> Result:
        attempts = Attempts(self._connection.retries)
        pause: float | None
        while True:
            try:
                with call.arguments() as arguments:
                    response = self._http.request(**arguments)
            except httpx.TransportError as error:
                pause = attempts.pause_after_error(error, self._connection.url)
            else:
                pause = attempts.pause_after_response(response) if call.retried else None
                if pause is None:
                    return call.parse(response)
            self._sleep(pause)
