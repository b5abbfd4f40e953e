"""The real OpenAI client over real HTTP, against a server that also misbehaves."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from adapters.embedders.openai_compatible import OpenAICompatibleEmbedder
from domain.search.errors import EmbedderRejectedError, EmbedderReplyInvalidError, EmbedderUnavailableError
from tests.fixtures.scripted_http import ReceivedRequest, Reply, ScriptedServer, json_reply

KEY = "sk-secret-key-of-the-tests"
TEXT = "How do I rotate a key?"
Script = Reply | Callable[[ReceivedRequest], Reply]
Make = Callable[..., Awaitable[tuple[ScriptedServer, OpenAICompatibleEmbedder]]]


def vectors(*rows: object, numbers: list[object] | None = None) -> Reply:
    data = [{"object": "embedding", "index": number, "embedding": row} for number, row in enumerate(rows)]
    for entry, number in zip(data, numbers or [], strict=False):
        entry["index"] = number
    return json_reply({"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}})


def lengths_first(request: ReceivedRequest) -> Reply:
    """A model of its own kind, and one that returns its vectors backwards, as services may."""
    texts = request.json()["input"]
    rows = [[float(len(text)), 1.0, 0.0] for text in texts]
    return vectors(*reversed(rows), numbers=list(reversed(range(len(texts)))))


GOOD = vectors([3.0, 4.0, 0.0])


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Start a server with a script and return it with an embedder that talks to it."""
    async with AsyncExitStack() as stack:

        async def started(*script: Script, **options: Any) -> tuple[ScriptedServer, OpenAICompatibleEmbedder]:
            server = await stack.enter_async_context(ScriptedServer(*script).serving())
            given = {"api_key": SecretStr(KEY), "model": "m", "dimension": 3, "timeout": 5.0, **options}
            embedder = OpenAICompatibleEmbedder(base_url=f"{server.url}/v1", **given)
            return server, await stack.enter_async_context(embedder)

        yield started


def rows(content: bytes) -> np.ndarray:
    return np.frombuffer(content, dtype="<f4").reshape(-1, 3)


async def test_a_request_says_what_is_wanted_and_the_vector_is_normalised(make: Make) -> None:
    server, embedder = await make(GOOD)
    assert await embedder.embed_query(TEXT) == pytest.approx((0.6, 0.8, 0.0))
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v1/embeddings")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.json() == {"model": "m", "input": [TEXT], "encoding_format": "float"}
    assert (embedder.model, embedder.dimension) == ("m", 3)


async def test_without_a_key_none_is_sent_whatever_the_environment_holds(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-something-else")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-of-somebody-else")
    server, embedder = await make(GOOD, api_key=None)
    await embedder.embed_query(TEXT)
    assert "authorization" not in server.requests[0].headers


async def test_a_shortened_vector_is_asked_for(make: Make) -> None:
    server, embedder = await make(GOOD, shortens=True)
    await embedder.embed_query(TEXT)
    assert server.requests[0].json()["dimensions"] == 3


async def test_many_texts_go_in_batches_of_like_length_and_come_back_in_order(make: Make) -> None:
    texts = ["xxxxx", "x", "xxxx", "xx", "xxx"]
    server, embedder = await make(lengths_first, batch_size=2)
    found = rows(await embedder.embed_spans(texts))
    assert [request.json()["input"] for request in server.requests] == [["x", "xx"], ["xxx", "xxxx"], ["xxxxx"]]
    assert [round(float(row[0] / row[1])) for row in found] == [5, 1, 4, 2, 3]
    assert np.allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-6)
    assert await embedder.embed_spans([]) == b""


async def test_a_text_of_nothing_is_not_what_services_refuse(make: Make) -> None:
    server, embedder = await make(lengths_first)
    await embedder.embed_spans(["", " \n"])
    assert all(text.strip() for text in server.requests[0].json()["input"])


async def test_the_same_question_is_asked_once(make: Make) -> None:
    server, embedder = await make(GOOD)
    first = await embedder.embed_query(TEXT)
    assert await embedder.embed_query(TEXT) == first
    assert await asyncio.to_thread(embedder.embed_query_sync, TEXT) == first
    assert len(server.requests) == 1


async def test_without_a_loop_the_vectors_are_the_same(make: Make) -> None:
    _, embedder = await make(lengths_first, batch_size=2)
    texts = ["xx", "xxxx", "x"]
    assert await asyncio.to_thread(embedder.embed_spans_sync, texts) == await embedder.embed_spans(texts)
    assert await asyncio.to_thread(embedder.embed_query_sync, "xxx") == pytest.approx(await embedder.embed_query("xxx"))


@pytest.mark.parametrize(
    ("reply", "rest", "details"),
    [
        (json_reply({"error": {"message": TEXT}}, 429, Retry_After="7"), 7.0, {"status": 429}),
        (json_reply({}, 429), 0.0, {"status": 429}),
        (json_reply({}, 500), 0.0, {"status": 500}),
        (Reply(b"<html>", 503, {"Content-Type": "text/html", "Retry-After": "soon"}), 0.0, {"status": 503}),
        (json_reply({}, 408), 0.0, {"status": 408}),
        (Reply(GOOD.body, declared_length=len(GOOD.body) + 10), 0.0, {"fault": "unreachable"}),
        (Reply(hangs=True), 0.0, {"fault": "timeout"}),
    ],
)
@pytest.mark.parametrize("is_awaited", [True, False])
async def test_what_may_succeed_later_is_worth_another_try(
    make: Make, reply: Reply, rest: float, details: dict[str, object], is_awaited: bool
) -> None:
    server, embedder = await make(reply, timeout=0.5 if reply.hangs else 10.0)
    with pytest.raises(EmbedderUnavailableError) as raised:
        await embed(embedder, is_awaited)
    assert (raised.value.retry_after, raised.value.details) == (rest, details)
    assert raised.value.retryable
    # The client does not repeat it by itself.
    assert len(server.requests) == 1


async def embed(embedder: OpenAICompatibleEmbedder, is_awaited: bool) -> None:
    if is_awaited:
        await embedder.embed_query(TEXT)
    else:
        await asyncio.to_thread(embedder.embed_query_sync, TEXT)


async def test_a_service_that_is_not_there_is_worth_another_try() -> None:
    async with OpenAICompatibleEmbedder(
        base_url="http://127.0.0.1:9/v1", api_key=None, model="m", dimension=3
    ) as embedder:
        with pytest.raises(EmbedderUnavailableError):
            await embedder.check()


@pytest.mark.parametrize(
    "reply",
    [
        *(json_reply({"error": {"message": f"{TEXT} {KEY}"}}, status) for status in (400, 401, 403, 404, 413, 422)),
        json_reply({"error": {"code": "insufficient_quota", "message": TEXT}}, 429),
        Reply(b"", 307, {"Location": "http://127.0.0.1:9/elsewhere"}),
    ],
)
@pytest.mark.parametrize("is_awaited", [True, False])
async def test_a_refusal_is_final_and_quotes_nothing(make: Make, reply: Reply, is_awaited: bool) -> None:
    _, embedder = await make(reply)
    with pytest.raises(EmbedderRejectedError) as raised:
        await embed(embedder, is_awaited)
    assert raised.value.details == {"status": reply.status}
    assert not raised.value.retryable
    assert raised.value.__cause__ is None
    assert TEXT not in str(raised.value)
    assert KEY not in str(raised.value)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b'{"data": [{"ind'),
        Reply(b"<html>hello</html>", headers={"Content-Type": "text/html"}),
        json_reply(None),
        json_reply([1]),
        json_reply({"data": "none"}),
        vectors(),
        vectors([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
        vectors([1.0, 0.0, 0.0], numbers=[1]),
        vectors([1.0, 0.0, 0.0], numbers=["0"]),
        vectors([1.0, 0.0]),
        vectors([1.0, 0.0, 0.0, 0.0]),
        vectors("not numbers"),
        vectors([0.0, 0.0, 0.0]),
        Reply(b'{"data": [{"index": 0, "embedding": [NaN, 1, 1]}]}'),
        Reply(b'{"data": [{"index": 0, "embedding": [1e999, 1, 1]}]}'),
    ],
)
async def test_a_reply_that_is_no_vector_for_each_text_is_final(make: Make, reply: Reply) -> None:
    _, embedder = await make(reply)
    with pytest.raises(EmbedderReplyInvalidError) as raised:
        await embedder.embed_query(TEXT)
    assert not raised.value.retryable


async def test_a_wrong_dimension_says_what_to_set(make: Make) -> None:
    _, embedder = await make(vectors([1.0, 0.0]))
    with pytest.raises(EmbedderReplyInvalidError, match="EMBEDDINGS_DIMENSION") as raised:
        await embedder.check()
    assert raised.value.details == {"returned": 2, "wanted": 3}


async def test_a_failure_is_not_remembered(make: Make) -> None:
    _, embedder = await make(json_reply({}, 503), GOOD)
    with pytest.raises(EmbedderUnavailableError):
        await embedder.embed_query(TEXT)
    assert await embedder.embed_query(TEXT) == pytest.approx((0.6, 0.8, 0.0))


async def test_neither_key_nor_text_is_logged_however_much_is(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _, embedder = await make(GOOD, json_reply({"error": {"message": f"{KEY} {TEXT}"}}, 401))
    await embedder.embed_query(TEXT)
    with pytest.raises(EmbedderRejectedError):
        await embedder.embed_query("another " + TEXT)
    assert KEY not in caplog.text
    assert TEXT not in caplog.text
    assert KEY not in repr(embedder.__dict__)


@pytest.mark.parametrize("dimension", [0, 3073])
def test_a_dimension_that_cannot_be_indexed_is_refused(dimension: int) -> None:
    with pytest.raises(ValueError, match="3072"):
        OpenAICompatibleEmbedder(base_url="http://127.0.0.1:9", api_key=None, model="m", dimension=dimension)
