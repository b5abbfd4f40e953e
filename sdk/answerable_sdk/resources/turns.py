"""Turns: what became of a question."""

from datetime import datetime
from typing import Literal, TypedDict, Unpack
from uuid import UUID

from answerable_sdk.errors import TurnFailedError
from answerable_sdk.model import ErrorBody, Model
from answerable_sdk.resources.answers import ChatResponse
from answerable_sdk.transport.call import Call, Id, parse_as, segment, without_none
from answerable_sdk.transport.methods import Mode, Resource, iterator, method
from answerable_sdk.transport.paging import MAX_PAGE, items_of_pages
from answerable_sdk.transport.steps import Items, Steps


class Turn(Model):
    """The state of a turn. A closed one has either a ``response`` or a ``failure``."""

    trace_id: str
    status: Literal["running", "closed"]
    response: ChatResponse | None
    failure: ErrorBody | None
    closed_at: datetime | None


class ListedTurn(Model):
    """A closed turn. ``question``: its beginning; ``outcome``: answered, refused, denied, failed."""

    trace_id: str
    session_id: UUID
    bot_id: UUID
    channel: str
    outcome: str
    question: str
    received_at: datetime
    closed_at: datetime


class TurnPage(Model):
    """Turns, newest first; ``next`` continues the list as ``after``."""

    items: tuple[ListedTurn, ...]
    next: str | None


class TurnOptions(TypedDict, total=False):
    """What narrows a list of turns: a conversation, an outcome, times from the first up to the last, without it."""

    session_id: Id
    outcome: str
    since: datetime
    until: datetime


class Turns(Resource[Mode]):
    """``client.turns``."""

    @method
    def list(self, *, limit: int = 50, after: str | None = None, **options: Unpack[TurnOptions]) -> Steps[TurnPage]:
        """One page of closed turns, newest first: the key's own, or everybody's for a key that may audit."""
        return self._send(_page_call(limit, after, options))

    @iterator
    def all(self, **options: Unpack[TurnOptions]) -> Items[ListedTurn]:
        """Every closed turn, newest first, fetched page by page."""
        return items_of_pages(lambda after: self._send(_page_call(MAX_PAGE, after, options)))

    @method
    def get(self, trace_id: str) -> Steps[Turn]:
        """The state of a turn. Raises NotFoundError."""
        return self._send(turn_call(trace_id))


def _page_call(limit: int, after: Id | None, options: TurnOptions) -> Call[TurnPage]:
    times = {name: one.isoformat() for name in ("since", "until") if isinstance(one := options.get(name), datetime)}
    params = without_none(limit=limit, after=after, **{**options, **times})
    return Call("GET", "/v1/turns", parse_as(TurnPage), params=params)


def turn_call(trace_id: str) -> Call[Turn]:
    return Call("GET", f"/v1/turns/{segment(trace_id)}", parse_as(Turn))


def response_of(turn: Turn) -> ChatResponse | None:
    """The answer of a closed turn; None while it runs. Raises TurnFailedError."""
    if turn.failure is not None:
        failure = turn.failure
        raise TurnFailedError(500, failure.code, failure.message, failure.details, None)
    return turn.response
