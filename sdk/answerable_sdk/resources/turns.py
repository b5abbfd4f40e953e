"""Turns: what became of a question."""

from datetime import datetime
from typing import Literal

from answerable_sdk.errors import TurnFailedError
from answerable_sdk.model import ErrorBody, Model
from answerable_sdk.resources.answers import ChatResponse
from answerable_sdk.transport.call import Call, parse_as, segment
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Steps


class Turn(Model):
    """The state of a turn. A closed one has either a ``response`` or a ``failure``."""

    trace_id: str
    status: Literal["running", "closed"]
    response: ChatResponse | None
    failure: ErrorBody | None
    closed_at: datetime | None


class Turns(Resource[Mode]):
    """``client.turns``."""

    @method
    def get(self, trace_id: str) -> Steps[Turn]:
        """The state of a turn. Raises NotFoundError."""
        return self._send(turn_call(trace_id))


def turn_call(trace_id: str) -> Call[Turn]:
    return Call("GET", f"/v1/turns/{segment(trace_id)}", parse_as(Turn))


def response_of(turn: Turn) -> ChatResponse | None:
    """The answer of a closed turn; None while it runs. Raises TurnFailedError."""
    if turn.failure is not None:
        failure = turn.failure
        raise TurnFailedError(500, failure.code, failure.message, failure.details, None)
    return turn.response
