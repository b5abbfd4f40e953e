"""The real Cohere client over real HTTP, against a server that also misbehaves."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from adapters.rerankers.cohere import CohereReranker
from domain.limits.circuit_breaker import BreakerState, CircuitBreaker, RetryBudget
from domain.search.errors import RerankerUnavailableError
from domain.search.reranking import RerankCandidate, RerankFault
from tests.fixtures.passages import found_passage
from tests.fixtures.scripted_http import ReceivedRequest, Reply, ScriptedServer, json_reply

KEY = "co-secret-key-of-the-tests"
QUESTION = "How do I rotate a key?"
Make = Callable[..., Awaitable[tuple[ScriptedServer, CohereReranker]]]


def candidate(number: int, text: str, *, title: str = "Keys", heading: str = "") -> RerankCandidate:
    passage = found_passage(passage_id=UUID(int=number), title=title, section_heading=heading)
    return RerankCandidate(passage, text)


CANDIDATES = (candidate(1, "Keys open doors."), candidate(2, "Press Rotate.", heading="Rotate"))


def scored(*pairs: tuple[object, object]) -> Reply:
    results = [{"index": index, "relevance_score": score} for index, score in pairs]
    return json_reply({"id": "1", "results": results, "meta": {"billed_units": {"search_units": 1}}})


GOOD = scored((1, 0.9), (0, 0.2))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Start a server with a script and return it with a reranker that talks to it."""
    async with AsyncExitStack() as stack:

        async def started(
            *script: Reply | Callable[[ReceivedRequest], Reply], **options: Any
        ) -> tuple[ScriptedServer, CohereReranker]:
            server = await stack.enter_async_context(ScriptedServer(*script).serving())
            reranker = CohereReranker(SecretStr(KEY), base_url=server.url, **{"timeout": 5.0, **options})
            return server, await stack.enter_async_context(reranker)

        yield started


async def fault_of(reranker: CohereReranker) -> RerankFault:
    with pytest.raises(RerankerUnavailableError) as caught:
        await reranker.rerank(QUESTION, CANDIDATES)
    return caught.value.fault


async def test_scores_come_back_in_the_order_of_the_candidates(make: Make) -> None:
    server, reranker = await make(GOOD)
    assert await reranker.rerank(QUESTION, CANDIDATES) == (0.2, 0.9)
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v2/rerank")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    sent = request.json()
    assert (sent["model"], sent["query"], sent["top_n"]) == ("rerank-v3.5", QUESTION, 2)
    assert sent["documents"] == ["Keys\nKeys open doors.", "Keys\nRotate\nPress Rotate."]


async def test_nothing_to_rank_makes_no_call(make: Make) -> None:
    server, reranker = await make(GOOD)
    assert await reranker.rerank(QUESTION, ()) == ()
    assert server.requests == []


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (json_reply({"message": "boom"}, 500), RerankFault.PROVIDER_FAILED),
        (Reply(b"<html>gateway</html>", 502), RerankFault.PROVIDER_FAILED),
        (json_reply({"message": "slow down"}, 429), RerankFault.RATE_LIMITED),
        (json_reply({"message": "invalid api token"}, 401), RerankFault.REJECTED),
        (json_reply({"message": "no such model"}, 404), RerankFault.REJECTED),
        (Reply(b'{"results": [', 200), RerankFault.INVALID_RESPONSE),
        (Reply(b"null", 200), RerankFault.INVALID_RESPONSE),
        (Reply(b'["results"]', 200), RerankFault.INVALID_RESPONSE),
        (json_reply({"id": "1"}), RerankFault.INVALID_RESPONSE),
        (json_reply({"results": "many"}), RerankFault.INVALID_RESPONSE),
        (Reply(b"\xff\xfe", 200), RerankFault.INVALID_RESPONSE),
        (scored((0, 0.5), (2, 0.5)), RerankFault.INVALID_RESPONSE),
        (scored((0, 0.5), (0, 0.5)), RerankFault.INVALID_RESPONSE),
        (scored((-1, 0.5), (0, 0.5)), RerankFault.INVALID_RESPONSE),
        (scored((0, 0.5)), RerankFault.INVALID_RESPONSE),
        (scored((0, 0.5), (1, None)), RerankFault.INVALID_RESPONSE),
        (scored((0, 0.5), (1, 17)), RerankFault.INVALID_RESPONSE),
        (Reply(b'{"results": [{"index": 0, "relevance_score": NaN}]}', 200), RerankFault.INVALID_RESPONSE),
        (Reply(GOOD.body, 200, declared_length=len(GOOD.body) + 100), RerankFault.UNREACHABLE),
    ],
)
async def test_a_reply_that_cannot_be_used_is_a_fault_of_its_kind(make: Make, reply: Reply, fault: RerankFault) -> None:
    _, reranker = await make(reply)
    assert await fault_of(reranker) is fault


async def test_a_server_that_hangs_is_left_after_the_time_limit(make: Make) -> None:
    server, reranker = await make(Reply(hangs=True), timeout=0.3)
    assert await fault_of(reranker) is RerankFault.TIMEOUT
    assert len(server.requests) == 1


async def test_a_server_that_is_not_there_is_unreachable(make: Make) -> None:
    async with CohereReranker(SecretStr(KEY), base_url="http://127.0.0.1:9", timeout=2.0) as reranker:
        assert await fault_of(reranker) is RerankFault.UNREACHABLE


@pytest.mark.parametrize("first", [json_reply({}, 503), json_reply({}, 429, Retry_After="0"), Reply(b"x", 502)])
async def test_a_passing_fault_is_tried_once_more(make: Make, first: Reply) -> None:
    server, reranker = await make(first, GOOD)
    assert await reranker.rerank(QUESTION, CANDIDATES) == (0.2, 0.9)
    assert len(server.requests) == 2


@pytest.mark.parametrize("first", [json_reply({}, 401), scored((7, 0.5)), json_reply({}, 429, Retry_After="60")])
async def test_what_would_fail_again_is_not_tried_again(make: Make, first: Reply) -> None:
    server, reranker = await make(first, GOOD)
    await fault_of(reranker)
    assert len(server.requests) == 1


async def test_an_outage_is_not_met_with_twice_the_load(make: Make) -> None:
    breaker = CircuitBreaker(Clock(), threshold=1000)
    server, reranker = await make(json_reply({}, 500), breaker=breaker, budget=RetryBudget(share=0.1))
    for _ in range(20):
        await fault_of(reranker)
    assert 21 <= len(server.requests) <= 24


async def test_after_failures_in_a_row_the_service_is_left_alone_and_then_tried_with_one_call(make: Make) -> None:
    clock = Clock()
    breaker = CircuitBreaker(clock, threshold=3, rest=30)
    server, reranker = await make(*[json_reply({}, 401)] * 3, GOOD, breaker=breaker)
    assert [await fault_of(reranker) for _ in range(5)] == [RerankFault.REJECTED] * 3 + [RerankFault.CIRCUIT_OPEN] * 2
    assert (len(server.requests), reranker.state) == (3, BreakerState.OPEN)
    clock.now = 31
    assert await reranker.rerank(QUESTION, CANDIDATES) == (0.2, 0.9)
    assert reranker.state is BreakerState.CLOSED


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_the_service_is_left_alone_for_as_long_as_it_asks(make: Make, form: str) -> None:
    clock = Clock()
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=61), usegmt=True)
    reply = json_reply({}, 429, Retry_After="60" if form == "seconds" else date)
    server, reranker = await make(reply, GOOD, breaker=CircuitBreaker(clock, rest=1))
    assert await fault_of(reranker) is RerankFault.RATE_LIMITED
    clock.now = 55
    assert await fault_of(reranker) is RerankFault.CIRCUIT_OPEN
    clock.now = 62
    assert await reranker.rerank(QUESTION, CANDIDATES) == (0.2, 0.9)
    assert len(server.requests) == 2


async def test_the_health_check_asks_for_the_model_with_the_key(make: Make) -> None:
    server, reranker = await make(json_reply({"name": "rerank-v3.5"}), json_reply({}, 401))
    await reranker.check()
    assert (server.requests[0].method, server.requests[0].path) == ("GET", "/v1/models/rerank-v3.5")
    with pytest.raises(RerankerUnavailableError):
        await reranker.check()


async def test_neither_key_nor_texts_stand_in_errors_or_logs(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _, reranker = await make(lambda request: Reply(request.body, 500))
    with pytest.raises(RerankerUnavailableError) as caught:
        await reranker.rerank(QUESTION, CANDIDATES)
    told = [str(caught.value), repr(caught.value), str(caught.value.as_failure()), caplog.text]
    assert caught.value.__cause__ is None
    for secret in (KEY, QUESTION, "Press Rotate."):
        assert not [text for text in told if secret in text]
