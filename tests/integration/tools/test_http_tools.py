"""Web services as tools: real requests to a scripted server, and addresses that nobody may ask."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from adapters.http_egress import HttpEgress
from adapters.tools.http_service import HttpConnector
from answerable_sdk.packs import HttpRequest
from domain.packs.errors import (
    ToolDeniedError,
    ToolError,
    ToolReplyInvalidError,
    ToolReplyTooLargeError,
    ToolServiceError,
    ToolUnavailableError,
)
from domain.packs.tool import ToolOutput
from tests.fixtures.scripted_http import Reply, ScriptedServer, json_reply
from tests.integration.tools.conftest import invocation


async def ask(server: ScriptedServer, *, times: int = 1, allowed: bool = True, **options: object) -> ToolOutput:
    egress = HttpEgress()
    private = {"some": [server.url]} if allowed else {}
    connector = HttpConnector(egress, {"weather": SecretStr("s3cret-token")}, private)
    request = HttpRequest.model_validate({"url": f"{server.url}/v1", "timeout_seconds": 0.5, **options})
    try:
        for _ in range(times - 1):
            with pytest.raises(ToolServiceError):
                await connector.call(request, invocation(city="Köln & Umgebung"))
        return await connector.call(request, invocation(city="Köln & Umgebung"))
    finally:
        await egress.close()


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer(json_reply({"degrees": 7})).serving() as serving:
        yield serving


async def test_arguments_go_into_the_query_and_the_secret_into_a_header(server: ScriptedServer) -> None:
    output = await ask(server, secret="weather")
    assert output.data == {"degrees": 7}
    (received,) = server.requests
    assert received.path == "/v1?city=K%C3%B6ln+%26+Umgebung" or "city=K%C3%B6ln%20%26%20Umgebung" in received.path
    assert received.headers["authorization"] == "Bearer s3cret-token"
    assert received.headers["idempotency-key"] == "turn/1/tool/1"


async def test_with_post_the_arguments_are_the_body(server: ScriptedServer) -> None:
    await ask(server, method="POST")
    assert server.requests[0].json() == {"city": "Köln & Umgebung"}


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=500), ToolServiceError),
        (Reply(status=429), ToolServiceError),
        (Reply(hangs=True), ToolServiceError),
        (Reply(b'{"half', declared_length=500), ToolServiceError),
        (Reply(b"<html>"), ToolReplyInvalidError),
        (Reply(b'{"n": NaN}'), ToolReplyInvalidError),
        (Reply(b"x" * 50_000_000), ToolReplyTooLargeError),
        (Reply(status=404), ToolError),
    ],
)
async def test_a_misbehaving_service_ends_in_a_code_of_its_own(reply: Reply, error: type[ToolError]) -> None:
    async with ScriptedServer(reply).serving() as server:
        with pytest.raises(error):
            await ask(server)


async def test_a_service_that_keeps_failing_is_left_alone() -> None:
    async with ScriptedServer(Reply(status=503)).serving() as server:
        with pytest.raises(ToolUnavailableError):
            await ask(server, times=6)
        assert len(server.requests) == 5


async def test_an_address_of_this_machine_is_not_asked_unless_allowed(server: ScriptedServer) -> None:
    with pytest.raises(ToolDeniedError):
        await ask(server, allowed=False)
    assert server.requests == []


async def test_a_redirect_to_an_inner_address_is_refused(server: ScriptedServer) -> None:
    moved = Reply(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"})
    async with ScriptedServer(moved).serving() as redirecting:
        with pytest.raises(ToolDeniedError):
            await ask(redirecting)


async def test_a_missing_secret_is_named(server: ScriptedServer) -> None:
    with pytest.raises(ToolUnavailableError, match="TOOL_SECRETS"):
        await ask(server, secret="unknown")
