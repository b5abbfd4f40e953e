"""The one way out to the web: requests to public addresses, looked up once and then kept to.

Every request, redirects included, is resolved here; each address that the name stands for has to be public, however
it is written, and the connection is made to the address that was checked. So neither a name that changes its mind
between check and use nor an address in octal, hexadecimal or mapped into IPv6 leads inside.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

import httpx

from domain.errors import AnswerableError, DependencyUnavailableError

_Address = IPv4Address | IPv6Address
_NAT64: Final = IPv6Network("64:ff9b::/96")
_MOST_REDIRECTS: Final = 5
_LOOK_UP_SECONDS: Final = 5.0


class EgressRefusedError(AnswerableError):
    """The address is none that may be asked."""

    code, status = "blocked_url", 422


class EgressTooLargeError(AnswerableError):
    code, status = "reply_too_large", 413


class EgressUnavailableError(DependencyUnavailableError):
    code = "service_unavailable"


Resolver = Callable[[str, int], Sequence[str]]
"""Looks a host up: the addresses that it stands for."""


class HttpEgress:
    """``allowed`` lists base URLs (scheme, host and port) that may be private, for services of one's own."""

    def __init__(self, allowed: Sequence[str] = (), *, resolver: Resolver | None = None) -> None:
        transport = PinnedTransport({_origin(url) for url in allowed}, resolver or system_resolver)
        self._client = httpx.AsyncClient(
            transport=transport,
            follow_redirects=True,
            max_redirects=_MOST_REDIRECTS,
            trust_env=False,
            headers={"User-Agent": "answerable"},
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def fetch(self, request: httpx.Request, *, timeout_seconds: float, max_bytes: int) -> httpx.Response:
        """Send ``request`` and return its response, read whole.

        ``timeout_seconds`` bounds all of it. Raises EgressRefusedError, EgressTooLargeError, EgressUnavailableError.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._fetch(request, max_bytes)
        except (TimeoutError, httpx.TransportError) as error:
            raise EgressUnavailableError("The service did not answer.") from error
        except httpx.TooManyRedirects as error:
            raise EgressRefusedError("The address redirects too often.") from error
        except (httpx.InvalidURL, httpx.DecodingError, ValueError) as error:
            raise EgressRefusedError("The service's address or answer cannot be read.") from error

    async def _fetch(self, request: httpx.Request, max_bytes: int) -> httpx.Response:
        response = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > max_bytes:
                    raise EgressTooLargeError(f"The answer has more than {max_bytes} bytes.", max_bytes=max_bytes)
        finally:
            await response.aclose()
        # Decoded already: the headers that say otherwise would have it decoded again.
        kept = [
            (k, v) for k, v in response.headers.multi_items() if k.lower() not in ("content-encoding", "content-length")
        ]
        return httpx.Response(response.status_code, headers=kept, content=bytes(body), request=response.request)


class PinnedTransport(httpx.AsyncBaseTransport):
    """Connects to the address that it checked, under the name that was asked for."""

    def __init__(self, allowed: set[tuple[str, str, int]], resolver: Resolver) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._inner = httpx.AsyncHTTPTransport(retries=0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises EgressRefusedError before anything is sent to a place that is not public."""
        url = request.url
        if url.scheme not in ("http", "https") or not url.host:
            raise EgressRefusedError("Only http and https addresses may be asked.")
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await self._checked(url.scheme, url.host, port)
        pinned = httpx.Request(
            request.method,
            url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": url.host},
        )
        response = await self._inner.handle_async_request(pinned)
        response.request = request
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _checked(self, scheme: str, host: str, port: int) -> str:
        try:
            async with asyncio.timeout(_LOOK_UP_SECONDS):
                found = await asyncio.to_thread(self._resolver, host, port)
        except (OSError, UnicodeError) as error:
            raise EgressUnavailableError("The service's name cannot be looked up.") from error
        addresses = [ip_address(address.partition("%")[0]) for address in found]
        if not addresses:
            raise EgressUnavailableError("The service's name stands for no address.")
        if (scheme, host.casefold(), port) not in self._allowed and not all(map(is_public, addresses)):
            raise EgressRefusedError("The address is not a public one, and the settings do not allow it.")
        return str(addresses[0])


def is_public(address: _Address) -> bool:
    """Whether an address is one of the open internet, whatever it is wrapped in."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if int(address) >> 32 == 0:  # ::a.b.c.d, which some systems still take for IPv4
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def system_resolver(host: str, port: int) -> Sequence[str]:
    """The system's own: it also reads decimal, octal and hexadecimal forms, so those are checked as what they mean."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").casefold(), parts.port or (443 if parts.scheme == "https" else 80)
