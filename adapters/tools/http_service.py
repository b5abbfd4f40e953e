"""Web services as tools, through the one egress transport."""

import json
from collections.abc import Mapping
from time import monotonic

import httpx
from pydantic import SecretStr

from adapters.http_egress import EgressRefusedError, EgressTooLargeError, EgressUnavailableError, HttpEgress
from adapters.tools.invocation import Invocation
from answerable_sdk.pack_tools import HttpRequest
from domain.base import JsonValue
from domain.circuit_breaker import CircuitBreaker
from domain.tool import (
    ToolDeniedError,
    ToolError,
    ToolOutput,
    ToolReplyInvalidError,
    ToolReplyTooLargeError,
    ToolServiceError,
    ToolUnavailableError,
)

_BUSY = frozenset({408, 425, 429})


class HttpConnector:
    """A service that keeps failing is left alone for a while; each host has a breaker of its own."""

    def __init__(self, egress: HttpEgress, secrets: Mapping[str, SecretStr]) -> None:
        self._egress = egress
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
            response = await self._send(request, connector, invocation.tool)
        except ToolServiceError:
            breaker.failed()
            raise
        except BaseException:
            breaker.abandoned()
            raise
        breaker.succeeded()
        return ToolOutput(data=_data(response, invocation.tool), source=f"http {request.url.host}")

    def _request(self, connector: HttpRequest, invocation: Invocation) -> httpx.Request:
        said = {name: value for name, value in invocation.arguments.items() if value is not None}
        headers = {"Accept": "application/json", "Idempotency-Key": invocation.idempotency_key}
        if connector.secret is not None:
            headers["Authorization"] = f"Bearer {self._secret(connector.secret, invocation.tool)}"
        if connector.method == "POST":
            return httpx.Request("POST", connector.url, headers=headers, json=said)
        url = httpx.URL(connector.url).copy_merge_params({name: _text(value) for name, value in said.items()})
        return httpx.Request("GET", url, headers=headers)

    def _secret(self, name: str, tool: str) -> str:
        if name not in self._secrets:
            raise ToolUnavailableError(
                f"{tool} needs the secret '{name}', which TOOL_SECRETS does not have.", tool=tool
            )
        return self._secrets[name].get_secret_value()

    async def _send(self, request: httpx.Request, connector: HttpRequest, tool: str) -> httpx.Response:
        try:
            response = await self._egress.fetch(
                request, timeout_seconds=connector.timeout_seconds, max_bytes=connector.max_bytes
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


def _data(response: httpx.Response, tool: str) -> JsonValue:
    try:
        data: JsonValue = json.loads(response.content, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ToolReplyInvalidError(f"The service behind {tool} did not answer JSON.", tool=tool) from error
    return data


def _no_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is no JSON")


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value)
