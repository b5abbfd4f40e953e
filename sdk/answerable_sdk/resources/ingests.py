"""Ingests: what becomes of an upload."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from answerable_sdk.model import ErrorBody, Model
from answerable_sdk.transport.call import Call, Id, parse_as, segment, without_none
from answerable_sdk.transport.event_stream import EventStream
from answerable_sdk.transport.methods import Mode, Resource, iterator, method
from answerable_sdk.transport.paging import MAX_PAGE, items_of_pages
from answerable_sdk.transport.steps import Items, Pause, Steps
from answerable_sdk.transport.waiting import Wait


class Ingest(Model):
    """The state of the ingest of one version of a document."""

    ingest_id: UUID
    document_id: UUID
    dataset_id: UUID
    name: str
    title: str | None
    version: int
    state: str
    stage: str
    done: int
    total: int
    attempts: int
    error: ErrorBody | None
    artifacts: dict[str, str]
    is_live: bool
    passages: int
    spans: int
    updated_at: datetime
    unchanged: bool = False

    @property
    def is_terminal(self) -> bool:
        """Whether this state is the last one."""
        return self.state not in ("queued", "running")

    @property
    def succeeded(self) -> bool:
        return self.state == "succeeded"


class IngestPage(Model):
    """Ingests, newest first; ``next`` continues the list as ``after``."""

    items: tuple[Ingest, ...]
    next: UUID | None


class Ingests(Resource[Mode]):
    """``client.ingests``."""

    @method
    def list(
        self, *, state: str | None = None, dataset_id: Id | None = None, limit: int = 50, after: Id | None = None
    ) -> Steps[IngestPage]:
        """One page of ingests, newest first."""
        return self._send(_page_call(state, dataset_id, limit, after))

    @iterator
    def all(self, *, state: str | None = None, dataset_id: Id | None = None) -> Items[Ingest]:
        """Every ingest, newest first, fetched page by page."""
        return items_of_pages(lambda after: self._send(_page_call(state, dataset_id, MAX_PAGE, after)))

    @method
    def get(self, ingest_id: Id) -> Steps[Ingest]:
        """The state of an ingest. Raises NotFoundError."""
        return self._send(_get_call(ingest_id))

    @method
    def wait(
        self, ingest_id: Id, *, timeout: float = 3600.0, progress: Callable[[Ingest], None] | None = None
    ) -> Steps[Ingest]:
        """Poll until the ingest ends, in whatever state, and call ``progress`` with each state that was read.

        Raises WaitTimeoutError after ``timeout`` seconds.
        """
        waiting = Wait(f"Ingest {ingest_id}", timeout)
        while True:
            found = yield from self._send(_get_call(ingest_id))
            if progress is not None:
                progress(found)
            if found.is_terminal:
                return found
            yield Pause(waiting.next_pause())

    @iterator
    def follow(self, ingest_id: Id, *, timeout: float = 3600.0) -> Items[Ingest]:
        """The state of an ingest now and at each change, as the server pushes it; the last is the one it ended in.

        A broken connection is resumed after the last event, even if the server was restarted.
        Raises UnreachableError if the server stays away, WaitTimeoutError after ``timeout`` seconds.
        """
        path = f"/v1/ingests/{segment(ingest_id)}/events"
        events = EventStream(path, Ingest, Wait(f"Ingest {ingest_id}", timeout), self._connection)
        return events.items()


def _get_call(ingest_id: Id) -> Call[Ingest]:
    return Call("GET", f"/v1/ingests/{segment(ingest_id)}", parse_as(Ingest))


def _page_call(state: str | None, dataset_id: Id | None, limit: int, after: Id | None) -> Call[IngestPage]:
    params = without_none(state=state, dataset_id=dataset_id, limit=limit, after=after)
    return Call("GET", "/v1/ingests", parse_as(IngestPage), params=params)
