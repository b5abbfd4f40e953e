"""The head of a request is bounded and its body is not, however the bytes come in."""

import json
import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from api.wire.protocol import BoundedHttp
from api.wire.refusals import MAX_HEAD_BYTES
from tests.fixtures.processes import eventually


async def measure(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = Starlette(routes=[Route("/", measure, methods=["GET", "POST"])])
        server = uvicorn.Server(uvicorn.Config(app, http=BoundedHttp, log_config=None, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        eventually(lambda: server.started, "the server listens")
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def answers(port: int, *pieces: bytes) -> list[str]:
    """What comes back for these bytes, line by line: the status first, the body last."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while block := connection.recv(65_536):
            received += block
    return received.decode().split("\r\n")


def post(body: bytes) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


@pytest.mark.parametrize("size", [0, 1_000, MAX_HEAD_BYTES, 200_000, 3_000_000])
def test_a_body_may_be_larger_than_a_head(port: int, size: int) -> None:
    whole = post(b"a" * size)
    in_two = (whole[:100], whole[100:])

    assert answers(port, whole)[-1] == str(size)
    assert answers(port, *in_two)[-1] == str(size)


def test_requests_on_one_connection_do_not_add_up(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        found = [client.post("/", content=b"a" * 50_000, headers={"X-Large": "a" * 30_000}).text for _ in range(5)]

    assert found == ["50000"] * 5


@pytest.mark.parametrize(
    "head",
    [
        b"GET /?" + b"a" * 66_000,
        b"GET / HTTP/1.1\r\nX-Endless: " + b"a" * 66_000,
        b"GET / HTTP/1.1\r\n" + b"X-Many: a\r\n" * 6_000,
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Large: " + b"a" * MAX_HEAD_BYTES + b"\r\n\r\n",
    ],
    ids=["address", "unfinished header", "many headers", "finished header"],
)
def test_a_head_without_end_is_refused_in_the_error_shape(port: int, head: bytes) -> None:
    found = answers(port, head)

    assert found[0] == "HTTP/1.1 431 Request Header Fields Too Large"
    assert json.loads(found[-1])["code"] == "headers_too_large"


@pytest.mark.parametrize(
    "nonsense", [b"\x16\x03\x01hello\r\n\r\n", b"BREW / HTTP/1.1\r\n\r\n", b"GET / HTTP/9\r\n\r\n"]
)
def test_what_is_no_http_is_refused_in_the_error_shape(port: int, nonsense: bytes) -> None:
    found = answers(port, nonsense)

    assert found[0] == "HTTP/1.1 400 Bad Request"
    assert json.loads(found[-1])["code"] == "malformed_request"
