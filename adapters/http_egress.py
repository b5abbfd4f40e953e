"""The one way out to the web: requests to public addresses, looked up once and then kept to.

Every request, redirects included, is resolved here; each address that the name stands for has to be public, however
it is written, and the connection is made to the address that was checked. So neither a name that changes its mind
between check and use nor an address in octal, hexadecimal or mapped into IPv6 leads inside.

What comes back is taken as it is sent: compressed answers are refused, for some kilobytes of them can be gigabytes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import httpx

from adapters.name_lookup import NameLookup, Resolver, system_resolver
from adapters.special_addresses import is_public
from domain.errors import AnswerableError, DependencyUnavailableError
from domain.limits.fair_slots import FairSlots

MAX_REDIRECTS: Final = 5
MAX_HEADER_BYTES: Final = 32 * 1024
MAX_REQUESTS: Final = 64
MAX_REQUESTS_PER_CALLER: Final = 8
_LOOK_UP_SECONDS: Final = 5.0
_PORTS: Final = {"http": 80, "https": 443}
_CALLER: Final = "answerable.caller"
# They say who asks or what for, and are for the service that the manifest names.
_FOR_ONE_ORIGIN: Final = ("authorization", "cookie", "idempotency-key", "proxy-authorization")
_OF_A_BODY: Final = ("content-length", "content-type", "transfer-encoding")


class EgressRefusedError(AnswerableError):
    """The address is none that may be asked."""

    code, status = "blocked_url", 422


class EgressTooLargeError(AnswerableError):
    code, status = "reply_too_large", 413


class EgressUnavailableError(DependencyUnavailableError):
    code = "service_unavailable"


class Origin(NamedTuple):
    scheme: str
    host: str
    port: int


@dataclass(frozen=True)
class Caller:
    """Whoever a request is made for. ``private`` are the origins that only this caller may ask, public or not."""

    name: str = ""
    private: frozenset[Origin] = frozenset()


_ANYBODY: Final = Caller()


class HttpEgress:
    """Connections are not kept: one that was opened under a name is never used under another of the same address."""

    def __init__(self, *, resolver: Resolver = system_resolver) -> None:
        self._lookup = NameLookup(resolver)
        self._slots = FairSlots(MAX_REQUESTS, MAX_REQUESTS_PER_CALLER)
        self._client = httpx.AsyncClient(
            transport=PinnedTransport(self._lookup),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "answerable", "Accept-Encoding": "identity"},
        )

    async def close(self) -> None:
        await self._client.aclose()
        self._lookup.close()

    async def fetch(
        self, request: httpx.Request, *, timeout_seconds: float, max_bytes: int, caller: Caller = _ANYBODY
    ) -> httpx.Response:
        """Send ``request`` and return its response, read whole.

        ``timeout_seconds`` bounds all of it. Raises EgressRefusedError, EgressTooLargeError, EgressUnavailableError.
        """
        try:
            async with asyncio.timeout(timeout_seconds), self._slots.slot(caller.name):
                return await self._follow(request, max_bytes, caller)
        except (TimeoutError, httpx.TransportError) as error:
            raise EgressUnavailableError("The service did not answer.") from error
        except (httpx.InvalidURL, httpx.DecodingError, ValueError) as error:
            raise EgressRefusedError("The service's address or answer cannot be read.") from error

    async def _follow(self, request: httpx.Request, max_bytes: int, caller: Caller) -> httpx.Response:
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._ask(request, max_bytes, caller)
            location = response.headers.get("location")
            if not response.has_redirect_location or location is None:
                return response
            request = redirected(request, response.status_code, location)
        raise EgressRefusedError("The address redirects too often.")

    async def _ask(self, request: httpx.Request, max_bytes: int, caller: Caller) -> httpx.Response:
        request.extensions = {**request.extensions, _CALLER: caller}
        request.headers["Accept-Encoding"] = "identity"
        response = await self._client.send(request, stream=True)
        try:
            _check_headers(response.headers)
            body = bytearray()
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > max_bytes:
                    raise EgressTooLargeError(f"The answer has more than {max_bytes} bytes.", max_bytes=max_bytes)
        finally:
            await response.aclose()
        headers = [(name, text) for name, text in response.headers.multi_items() if name.lower() != "content-length"]
        return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=request)


class PinnedTransport(httpx.AsyncBaseTransport):
    """Connects to the address that it checked, under the name that was asked for."""

    def __init__(self, lookup: NameLookup) -> None:
        self._lookup = lookup
        self._inner = httpx.AsyncHTTPTransport(retries=0, limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises EgressRefusedError before anything is sent to a place that is not public."""
        url = request.url
        if url.scheme not in _PORTS or not url.host:
            raise EgressRefusedError("Only http and https addresses may be asked.")
        address = await self._checked(_origin_of(url), request.extensions.get(_CALLER, _ANYBODY))
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

    async def _checked(self, origin: Origin, caller: Caller) -> str:
        try:
            found = await self._lookup.addresses(
                caller.name, origin.host, origin.port, timeout_seconds=_LOOK_UP_SECONDS
            )
        except (OSError, UnicodeError) as error:
            raise EgressUnavailableError("The service's name cannot be looked up.") from error
        addresses = [ip_address(address.partition("%")[0]) for address in found]
        if not addresses:
            raise EgressUnavailableError("The service's name stands for no address.")
        if origin not in caller.private and not all(map(is_public, addresses)):
            raise EgressRefusedError("The address is not a public one, and the settings do not allow it.")
        return str(addresses[0])


def redirected(request: httpx.Request, status: int, location: str) -> httpx.Request:
    """The request that a redirect asks for: RFC 9110, 15.4, and nothing of a secret to another origin.

    Raises EgressRefusedError where it would send in the clear what was sent encrypted, or hand a body to a stranger.
    """
    url = request.url.join(location)
    if url.scheme not in _PORTS or not url.host or url.userinfo:
        raise EgressRefusedError("Only http and https addresses may be asked.")
    if request.url.scheme == "https" and url.scheme == "http":
        raise EgressRefusedError("The service redirects from https to http.")
    same = _origin_of(url) == _origin_of(request.url)
    keeps_body = status in (307, 308) or request.method == "GET"
    if keeps_body and request.method != "GET" and not same:
        raise EgressRefusedError("The service redirects a request with a body to somebody else.")
    left_out = {"host", *(() if keeps_body else _OF_A_BODY), *(() if same else _FOR_ONE_ORIGIN)}
    headers = [(name, text) for name, text in request.headers.multi_items() if name.lower() not in left_out]
    if not keeps_body:
        return httpx.Request("GET", url, headers=headers)
    return httpx.Request(request.method, url, headers=headers, content=request.content or None)


def origins(urls: Sequence[str]) -> frozenset[Origin]:
    """Scheme, host and port of base URLs."""
    return frozenset(_origin_of(httpx.URL(url)) for url in urls if urlsplit(url).hostname)


def _origin_of(url: httpx.URL) -> Origin:
    return Origin(url.scheme, url.host.casefold(), url.port or _PORTS.get(url.scheme, 0))


def _check_headers(headers: httpx.Headers) -> None:
    if sum(len(name) + len(text) for name, text in headers.raw) > MAX_HEADER_BYTES:
        raise EgressTooLargeError("The answer has too many headers.", max_bytes=MAX_HEADER_BYTES)
    coding = headers.get("content-encoding", "identity").strip().casefold()
    if coding not in ("", "identity"):
        raise EgressRefusedError("The answer is compressed, which was not asked for.")
