"""What a client can do to a server without being answered, most of it without a key."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Final

import httpx

from bench.abuse.attack import Attacker, Recipe

_HALF_OPEN: Final = 600
_HELD_SECONDS: Final = 20.0
_BLOCK: Final = b"a" * 65_536
_MAX_BLOCKS: Final = 3_000


@asynccontextmanager
async def _connected(attacker: Attacker) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(*attacker.address)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _trailers(attacker: Attacker, _: httpx.AsyncClient) -> str:
    """A chunked body that has ended, and headers behind it that do not."""
    async with _connected(attacker) as (_reader, writer):
        writer.write(b"POST /v1/chat HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        return await _pour(writer, b"x-trailer: " + _BLOCK[:1_000] + b"\r\n")


async def _unwanted_body(attacker: Attacker, _: httpx.AsyncClient) -> str:
    """Go on sending after the answer that no key was given."""
    async with _connected(attacker) as (_reader, writer):
        writer.write(b"POST /v1/chat HTTP/1.1\r\nHost: a\r\nContent-Length: 800000000\r\n\r\n")
        return await _pour(writer, _BLOCK)


async def _pour(writer: asyncio.StreamWriter, block: bytes) -> str:
    try:
        for _ in range(_MAX_BLOCKS):
            writer.write(block)
            await writer.drain()
    except OSError:
        return "cut off"
    return "all was taken"


async def _half_open(attacker: Attacker, _: httpx.AsyncClient) -> str:
    """Hundreds of connections that have begun a request and say no more."""
    async with AsyncExitStack() as stack:
        opened = 0
        for _number in range(_HALF_OPEN):
            try:
                _reader, writer = await stack.enter_async_context(_connected(attacker))
                writer.write(b"GET /v1/health HTTP/1.1\r\nHost: a\r\n")
                opened += 1
            except OSError:
                break
        await asyncio.sleep(_HELD_SECONDS)
    return "opened" if opened == _HALF_OPEN else "refused some"


async def _follow_unread(attacker: Attacker, client: httpx.AsyncClient) -> object:
    """Follow an ingest, and never read what comes."""
    reply = await client.get("/v1/ingests?limit=1", headers=attacker.headers())
    found = reply.json()["items"] if reply.status_code == 200 else []
    if not found:
        return f"nothing to follow: {reply.status_code}"
    async with _connected(attacker) as (_reader, writer):
        path = f"/v1/ingests/{found[0]['ingest_id']}/events"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {attacker.api_key}\r\n\r\n".encode())
        await asyncio.sleep(_HELD_SECONDS)
    return "followed"


async def _readiness(_: Attacker, client: httpx.AsyncClient) -> object:
    return (await client.get("/v1/ready")).status_code


async def _guessed_keys(attacker: Attacker, client: httpx.AsyncClient) -> object:
    guessed = attacker.api_key[:-4] + "AAAA"
    return (await client.get("/v1/packs", headers={"Authorization": f"Bearer {guessed}"})).status_code


async def _lists(attacker: Attacker, client: httpx.AsyncClient) -> object:
    path = f"/v1/datasets/{attacker.dataset_id}/documents?limit=100"
    return (await client.get(path, headers=attacker.headers())).status_code


WIRE: Final = (
    Recipe("trailers without end", _trailers),
    Recipe("a body after the refusal", _unwanted_body),
    Recipe("half-open connections", _half_open, 1),
    Recipe("followers who do not read", _follow_unread, 20),
    Recipe("readiness, many", _readiness, 16),
    Recipe("guessed keys", _guessed_keys, 8),
    Recipe("lists, many", _lists, 8),
)
