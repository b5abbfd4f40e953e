"""What both clients send, what they retry, what they raise."""

import json

import httpx
import pytest

from answerable_sdk import (
    BotNotFoundError,
    ChatResponse,
    IdempotencyConflictError,
    InvalidRequestError,
    NotAuthenticatedError,
    ResponseError,
    RetryPolicy,
    ServiceUnavailableError,
    TurnFailedError,
    UnreachableError,
)
from tests.unit.sdk.in_memory_server import ANSWER, ID, Pauses, Run, Server, Step, error, reply


def test_a_question_is_sent_with_the_key_and_its_choices(run: Run, pauses: Pauses) -> None:
    server = Server(reply(200, ANSWER))

    answer = run(server, pauses, "ask", "How?", session_id=ID, pack_hint="support")

    assert isinstance(answer, ChatResponse)
    assert server.requests[0].headers["authorization"] == "Bearer ans_key"
    assert json.loads(server.bodies[0]) == {"message": "How?", "session_id": ID, "pack_hint": "support"}


def test_messages_are_sent_as_they_are(run: Run, pauses: Pauses) -> None:
    server = Server(reply(200, ANSWER))

    run(server, pauses, "ask", [{"role": "user", "content": "How?"}])

    assert json.loads(server.bodies[0]) == {"messages": [{"role": "user", "content": "How?"}]}


@pytest.mark.parametrize(
    "trouble",
    [
        error(503, "workflow_service_unavailable"),
        error(429, "rate_limited"),
        httpx.Response(502, text="<html>"),
        httpx.Response(504),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("gone"),
    ],
    ids=lambda trouble: str(getattr(trouble, "status_code", type(trouble).__name__)),
)
def test_passing_trouble_is_tried_again_with_the_same_key(run: Run, pauses: Pauses, trouble: Step) -> None:
    server = Server(trouble, trouble, reply(200, ANSWER))

    run(server, pauses, "ask", "How?")

    assert len(server.keys) == 3
    assert len(set(server.keys)) == 1
    assert server.keys[0]
    assert len(pauses.seconds) == 2


def test_every_question_has_a_key_of_its_own(run: Run, pauses: Pauses) -> None:
    server = Server(reply(200, ANSWER))

    run(server, pauses, "ask", "How?")
    run(server, pauses, "ask", "How?")
    run(server, pauses, "ask", "How?", idempotency_key="mine")

    assert len(set(server.keys)) == 3
    assert server.keys[2] == "mine"


def test_the_servers_wish_for_a_pause_is_honoured(run: Run, pauses: Pauses) -> None:
    run(Server(error(503, "x", retry_after="7"), reply(200, ANSWER)), pauses, "ask", "How?")

    assert pauses.seconds == [7.0]


def test_pauses_grow_and_attempts_end(run: Run, pauses: Pauses) -> None:
    with pytest.raises(UnreachableError, match=r"http://server\.test"):
        run(Server(httpx.ConnectError("refused")), pauses, "ask", "How?")

    assert len(pauses.seconds) == RetryPolicy().attempts - 1
    assert pauses.seconds[-1] > pauses.seconds[0]
    assert max(pauses.seconds) <= RetryPolicy().longest_pause


def test_the_last_failure_is_raised_when_trouble_stays(run: Run, pauses: Pauses) -> None:
    with pytest.raises(ServiceUnavailableError):
        run(Server(error(503, "workflow_service_unavailable")), pauses, "ask", "How?")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "not_authenticated", NotAuthenticatedError),
        (404, "bot_not_found", BotNotFoundError),
        (409, "idempotency_conflict", IdempotencyConflictError),
        (422, "invalid_request", InvalidRequestError),
        (500, "turn_failed", TurnFailedError),
        (503, "turn_failed", TurnFailedError),
        (418, "new_code", ResponseError),
    ],
)
def test_errors_come_by_code_and_are_not_tried_again(
    run: Run, pauses: Pauses, status: int, code: str, kind: type[ResponseError]
) -> None:
    with pytest.raises(kind) as caught:
        run(Server(error(status, code, x_request_id="r1")), pauses, "ask", "How?")

    raised = caught.value
    assert (raised.status, raised.code, raised.message, raised.request_id) == (status, code, "Fix it.", "r1")
    assert raised.details == {"a": 1}
    assert pauses.seconds == []


def test_an_error_that_is_no_error_body_is_an_error_too(run: Run, pauses: Pauses) -> None:
    with pytest.raises(ResponseError) as caught:
        run(Server(httpx.Response(500, text="<html>")), pauses, "ask", "How?")

    assert caught.value.code == "http_500"
