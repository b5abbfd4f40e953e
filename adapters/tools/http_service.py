"""Web services as tools, through the one egress transport."""

import json
from collections.abc import Mapping, Sequence
from time import monotonic
from types import MappingProxyType

import httpx
from pydantic import SecretStr

from adapters.http_egress import (
    Caller,
    EgressRefusedError,
    EgressTooLargeError,
    EgressUnavailableError,
    HttpEgress,
    origins,
)
from adapters.tools.invocation import Invocation
from adapters.tools.json_reply import read_json
from answerable_sdk.pack_tools import HttpRequest
from domain.base import JsonValue
from domain.limits.circuit_breaker import CircuitBreaker
from domain.packs.errors import (
    ToolDeniedError,
    ToolError,
    ToolReplyTooLargeError,
    ToolServiceError,
    ToolUnavailableError,
)
from domain.packs.tool import ToolOutput

_BUSY = frozenset({408, 425, 429})


class HttpConnector:
    """A service that keeps failing is left alone for a while; each host has a breaker of its own.

    ``private`` has, by pack or by tool, base URLs whose addresses may be private. A tool reaches such an address only
    where its own manifest names it: no redirect of one service leads to another.
    """

    def __init__(
        self,
        egress: HttpEgress,
        secrets: Mapping[str, SecretStr],
        private: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self._egress = egress
        self._private = private
        self._secrets = secrets
        self._breakers: dict[str, CircuitBreaker] = {}

    async def call(self, connector: HttpRequest, invocation: Invocation) -> ToolOutput:
        """Raises ToolServiceError for what may pass, and other ToolErrors for what will not."""
        try:
            request = self._request(connector, invocation)
        except httpx.InvalidURL as error:
            raise ToolDeniedError(f"{invocation.tool} may not ask its address.", tool=invocation.tool) from error
        breaker = self._breakers.setdefault(request.url.netloc.decode(), CircuitBreaker(monotonic))
        if not breaker.allows():
            raise ToolUnavailableError(
                f"The service behind {invocation.tool} keeps failing and is left alone for a while.",
                tool=invocation.tool,
            )
        try:
            response = await self._send(request, connector, invocation)
        except ToolServiceError:
            breaker.failed()
            raise
        except BaseException:
            breaker.abandoned()
            raise
        breaker.succeeded()
        return ToolOutput(data=await read_json(response.content, invocation.tool), source=f"http {request.url.host}")

    def _request(self, connector: HttpRequest, invocation: Invocation) -> httpx.Request:
        said = {name: value for name, value in invocation.arguments.items() if value is not None}
        headers = {"Accept": "application/json", "Idempotency-Key": invocation.idempotency_key}
        if connector.secret is not None:
            headers["Authorization"] = f"Bearer {self._secret(connector.secret, invocation.tool)}"
        if connector.method == "POST":
            return httpx.Request("POST", connector.url, headers=headers, json=said)
        url = httpx.URL(connector.url).copy_merge_params({name: _text(value) for name, value in said.items()})
        return httpx.Request("GET", url, headers=headers)

    def _caller(self, connector: HttpRequest, tool: str) -> Caller:
        allowed = [*self._private.get(tool, ()), *self._private.get(tool.partition(".")[0], ())]
        return Caller(f"{tool} {httpx.URL(connector.url).host}", origins(allowed) & origins([connector.url]))

    def _secret(self, name: str, tool: str) -> str:
        if name not in self._secrets:
            raise ToolUnavailableError(
                f"{tool} needs the secret '{name}', which TOOL_SECRETS does not have.", tool=tool
            )
        return self._secrets[name].get_secret_value()

    async def _send(self, request: httpx.Request, connector: HttpRequest, invocation: Invocation) -> httpx.Response:
        tool = invocation.tool
        try:
            response = await self._egress.fetch(
                request,
                timeout_seconds=connector.timeout_seconds,
                max_bytes=connector.max_bytes,
                caller=self._caller(connector, tool),
            )
        except EgressUnavailableError as error:
            raise ToolServiceError(f"The service behind {tool} did not answer.", tool=tool) from error
        except EgressRefusedError as error:
            raise ToolDeniedError(f"{tool} may not ask its address.", tool=tool, cause=error.code) from error
        except EgressTooLargeError as error:
            raise ToolReplyTooLargeError(
                f"The service behind {tool} answered more than is taken.", tool=tool
            ) from error
        if response.status_code >= 500 or response.status_code in _BUSY:
            raise ToolServiceError(f"The service behind {tool} is out of order.", tool=tool)
        if response.status_code != 200:
            raise ToolError(f"The service behind {tool} refused the request.", tool=tool, status=response.status_code)
        return response


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value)
