"""Connections that never end, by raw sockets: half a request, a body in drops, trailers without end, an answer that is
not read, and as many of them as the machine allows."""

import json
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from api.wire.limits import HttpLimits
from tests.fixtures.http_server import HttpServer, http_server, push, received
from tests.fixtures.processes import eventually

# Short times, so that the tests wait for little; what they wait for is the end of a connection.
LIMITS = HttpLimits(
    max_connections=30,
    max_connections_per_peer=10,
    head_seconds=0.5,
    body_seconds=0.5,
    min_bytes_per_second=1_000_000,
    write_seconds=0.5,
    linger_seconds=0.5,
    linger_bytes=1024 * 1024,
    sweep_seconds=0.05,
)
GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
MEGABYTE = 1024 * 1024


async def length(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())} {sorted(request.headers)}")


async def refuse(_: Request) -> Response:
    return PlainTextResponse("no", 401)


async def much(_: Request) -> Response:
    async def blocks() -> AsyncIterator[bytes]:
        for _ in range(1_000):
            yield b"a" * MEGABYTE

    return StreamingResponse(blocks())


async def held(request: Request) -> Response:
    """Answers for as long as somebody is there."""

    async def blocks() -> AsyncIterator[bytes]:
        yield b"begun"
        while (await request.receive())["type"] != "http.disconnect":
            continue

    return StreamingResponse(blocks())


@pytest.fixture(scope="module")
def running() -> Iterator[HttpServer]:
    methods = ["GET", "POST"]
    routes = [
        Route("/", length, methods=methods),
        Route("/refused", refuse, methods=methods),
        Route("/much", much, methods=methods),
        Route("/held", held, methods=methods),
    ]
    with http_server(Starlette(routes=routes), LIMITS, keep_alive=1) as opened:
        yield opened


@pytest.fixture
def server(running: HttpServer) -> Iterator[HttpServer]:
    """Without connections of the tests before."""
    yield running
    running.close_connections()
    eventually(lambda: len(running.table) == 0, "the connections are gone")


def code_of(answer: bytes) -> tuple[bytes, str]:
    """The status and the error's code."""
    return answer.split(b" ", 2)[1], json.loads(answer.rpartition(b"\r\n\r\n")[2])["code"]


def test_trailers_without_end_are_refused(server: HttpServer) -> None:
    connection = server.connect()
    connection.sendall(CHUNKED + b"1\r\na\r\n0\r\n")

    assert push(connection, b"X-Trailer: " + b"a" * 1_000 + b"\r\n", 100 * MEGABYTE) < 50 * MEGABYTE


@pytest.mark.parametrize("endless", [b"a" * 1_000, b"a: b\r\n" * 100], ids=["one trailer", "many trailers"])
def test_trailers_are_bounded_like_heads(server: HttpServer, endless: bytes) -> None:
    start = CHUNKED + b"1\r\na\r\n0\r\n" + (b"X: " if b":" not in endless else b"")
    connection = server.connect()
    connection.sendall(start)
    push(connection, endless, 200_000)

    assert code_of(received(connection)) == (b"400", "malformed_request")


def test_trailers_never_become_headers(server: HttpServer) -> None:
    answer = server.answer_to(CHUNKED[:-2] + b"Connection: close\r\n\r\n1\r\na\r\n0\r\nX-Api-Key: b\r\n\r\n")

    assert b"1 ['connection', 'host', 'transfer-encoding']" in answer


def test_chunk_extensions_are_bounded(server: HttpServer) -> None:
    connection = server.connect()
    connection.sendall(CHUNKED + b"1;")
    push(connection, b"a" * 1_000, 200_000)

    assert code_of(received(connection)) == (b"400", "malformed_request")


def test_a_body_in_crumbs_is_refused(server: HttpServer) -> None:
    answer = server.answer_to(CHUNKED, b"1\r\na\r\n" * 20_000)

    assert code_of(answer) == (b"400", "malformed_request")


def test_a_body_in_small_pieces_is_read(server: HttpServer) -> None:
    pieces = b"32\r\n" + b"a" * 50 + b"\r\n"

    assert b"100000 " in server.answer_to(CHUNKED[:-2] + b"Connection: close\r\n\r\n", pieces * 2_000, b"0\r\n\r\n")


@pytest.mark.parametrize("path", [b"/refused", b"/"], ids=["refused", "read"])
def test_behind_an_early_answer_nothing_is_read(server: HttpServer, path: bytes) -> None:
    """The second one is answered only when all of it came."""
    connection = server.connect()
    head = b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % (path, 800 * MEGABYTE)
    connection.sendall(head)
    taken = push(connection, b"a" * 65_536, 20 * MEGABYTE)

    assert (taken < 20 * MEGABYTE) == (path == b"/refused")


def test_the_answer_to_a_body_that_nobody_reads_is_seen(server: HttpServer) -> None:
    connection = server.connect()
    connection.sendall(b"POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + b"a" * 400_000)
    answer = received(connection)

    assert answer.startswith(b"HTTP/1.1 401")
    assert b"connection: close\r\n" in answer


def test_the_rest_of_a_short_body_is_thrown_away_and_the_next_request_served(server: HttpServer) -> None:
    connection = server.connect()
    connection.sendall(b"POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
    assert b"connection: close" not in connection.recv(65_536)
    connection.sendall(b"bc" + GET + b"\r\n")
    assert connection.recv(65_536).startswith(b"HTTP/1.1 200")


def test_the_rest_of_a_short_body_has_its_time_too(server: HttpServer) -> None:
    connection = server.connect()
    connection.sendall(b"POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")

    assert received(connection).count(b"HTTP/1.1 ") == 1


def test_a_connection_that_came_to_rest_is_ended(server: HttpServer) -> None:
    """Also when the last bytes of its request came behind the answer."""
    connection = server.connect()
    connection.sendall(b"POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
    assert connection.recv(65_536).startswith(b"HTTP/1.1 401")
    connection.sendall(b"bc")

    assert received(connection) == b""


def test_a_refused_body_that_has_come_costs_no_connection(server: HttpServer) -> None:
    connection = server.connect()
    for _ in range(3):
        connection.sendall(b"POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (b"", None),
        (b"GE", b"408"),
        (GET, b"408"),
        (GET + b"X-Half: ", b"408"),
        (POST + b"Content-Length: 10\r\n\r\nabc", b"408"),
        (CHUNKED, b"408"),
        (CHUNKED + b"5\r\nab", b"408"),
        (CHUNKED + b"1\r\na\r\n0\r\n", b"408"),
        (b"\r\n", b"408"),
    ],
    ids=["nothing", "half a method", "a head", "half a header", "half a body", "no chunk", "half", "no end", "CRLF"],
)
def test_half_a_request_is_ended(server: HttpServer, start: bytes, status: bytes | None) -> None:
    answer = server.answer_to(start)

    assert code_of(answer) == (status, "request_timeout") if status else answer == b""


def test_a_head_that_drips_is_ended(server: HttpServer) -> None:
    """Each byte comes in time, the head does not."""
    connection = server.connect()
    connection.settimeout(0.1)
    connection.sendall(GET)
    answer = b""
    while not answer:
        connection.sendall(b"a")
        try:
            answer = connection.recv(65_536)
        except TimeoutError:
            continue

    assert code_of(answer) == (b"408", "request_timeout")


def test_a_second_request_has_its_own_time(server: HttpServer) -> None:
    connection = server.connect()
    connection.sendall(GET + b"\r\n" + GET)

    assert code_of(received(connection))[1] == "request_timeout"


def test_an_answer_that_is_not_read_is_ended(server: HttpServer) -> None:
    connection = server.connect()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.sendall(b"GET /much HTTP/1.1\r\nHost: a\r\n\r\n")
    connection.recv(1_000)

    eventually(lambda: len(server.table) == 0, "the server gave up")


def test_requests_sent_ahead_are_few(server: HttpServer) -> None:
    answer = server.answer_to((GET + b"\r\n") * 5_000)

    assert answer.count(b"HTTP/1.1 200") < 20


def test_an_upgrade_that_nobody_does_is_an_ordinary_request(server: HttpServer) -> None:
    answer = server.answer_to(GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200")
    assert b"connection: close\r\n" in answer


@pytest.mark.parametrize("digits", [b"0" * 30 + b"2", b"0" * 5_000 + b"2", b"9" * 30])
def test_a_length_of_many_digits_is_no_length(server: HttpServer, digits: bytes) -> None:
    answer = server.answer_to(POST + b"Content-Length: " + digits + b"\r\n\r\nab")

    assert code_of(answer) == (b"400", "malformed_request")


def test_more_headers_than_anybody_needs_are_refused(server: HttpServer) -> None:
    answer = server.answer_to(GET + b"".join(b"a%d:\r\n" % number for number in range(200)) + b"\r\n")

    assert code_of(answer) == (b"431", "headers_too_large")


def test_a_client_that_waits_to_be_told_to_go_on_is(server: HttpServer) -> None:
    connection = server.connect()
    connection.sendall(POST + b"Content-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
    assert connection.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(b"abc")

    assert received(connection).startswith(b"HTTP/1.1 200")


def test_one_peer_never_takes_the_places_of_the_others(server: HttpServer) -> None:
    greedy = [server.connect("127.0.0.2") for _ in range(60)]
    for connection in greedy:
        connection.sendall(GET)

    closing = GET + b"Connection: close\r\n\r\n"
    assert server.answer_to(closing, source="127.0.0.3").startswith(b"HTTP/1.1 200")
    # Its own new connection is answered as well: the oldest half-open one makes room.
    assert server.answer_to(closing, source="127.0.0.2").startswith(b"HTTP/1.1 200")
    assert len(server.table) <= LIMITS.max_connections_per_peer


def test_many_peers_make_room_for_another(server: HttpServer) -> None:
    for peer in range(4, 9):
        for _ in range(8):
            server.connect(f"127.0.0.{peer}").sendall(GET)

    assert server.answer_to(GET + b"Connection: close\r\n\r\n", source="127.0.0.9").startswith(b"HTTP/1.1 200")
    assert len(server.table) <= LIMITS.max_connections


def test_answers_under_way_are_never_ended_for_another(server: HttpServer) -> None:
    busy = [server.connect("127.0.0.10") for _ in range(LIMITS.max_connections_per_peer)]
    for connection in busy:
        connection.sendall(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")

    assert code_of(server.answer_to(source="127.0.0.10")) == (b"503", "too_many_connections")
    assert len(server.table) == LIMITS.max_connections_per_peer
