"""Calls the tools of installed packs. Nothing else does."""

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from adapters.packs.catalog import InstalledPacks, InstalledTool
from adapters.tools.invocation import Invocation, ToolConnector
from domain.base import JsonValue
from domain.packs.errors import (
    InvalidArgumentsError,
    PackChangedError,
    ToolDeniedError,
    ToolNotFoundError,
    ToolReplyInvalidError,
    ToolReplyTooLargeError,
)
from domain.packs.ports import ArgumentValidator
from domain.packs.tool import ConnectorKind, ToolOutput, ToolRequest

MAX_BYTES: Final = 32 * 1024
"""JSON of one result; it stands in the turn's history."""
MAX_ROWS: Final = 200
_DEEPEST: Final = 20


class InstalledToolRunner:
    """Implements ToolRunner."""

    def __init__(
        self, packs: InstalledPacks, validator: ArgumentValidator, connectors: Mapping[ConnectorKind, ToolConnector]
    ) -> None:
        self._packs = packs
        self._validator = validator
        self._connectors = connectors

    async def run(self, request: ToolRequest) -> ToolOutput:
        """Check the call once more, make it, and bound what came back. Raises ToolError."""
        installed = self._checked(request)
        output = await self._connectors[installed.definition.connector].call(
            installed.tool.connector,
            Invocation(
                tool=request.call.tool,
                tenant_id=request.tenant_id,
                arguments=request.call.arguments,
                idempotency_key=request.idempotency_key,
                folder=installed.folder,
            ),
        )
        return bounded(output, request.call.tool)

    def _checked(self, request: ToolRequest) -> InstalledTool:
        call = request.call
        installed = self._packs.find_tool(call.tool)
        if installed is None:
            raise ToolNotFoundError(f"There is no tool {call.tool} in this installation.", tool=call.tool)
        if installed.definition.pack_digest != call.pack_digest:
            raise PackChangedError(
                f"The pack of {call.tool} changed while the question was answered. Ask again.", tool=call.tool
            )
        if not installed.definition.read_only:
            raise ToolDeniedError(f"{call.tool} changes something, which a question may not.", tool=call.tool)
        if problems := self._validator.problems(installed.definition, dict(call.arguments)):
            raise InvalidArgumentsError(f"{call.tool} was not called: {' '.join(problems)}", tool=call.tool)
        return installed


def bounded(output: ToolOutput, tool: str) -> ToolOutput:
    """The output as a history can hold it: at most MAX_ROWS rows and MAX_BYTES of plain JSON.

    Rows are left out from the end and the output says so; anything else that is too large is refused.
    """
    data, truncated = output.data, output.truncated
    if isinstance(data, list) and len(data) > MAX_ROWS:
        data, truncated = data[:MAX_ROWS], True
    _check(data, tool)
    size = _size(data, tool)
    while size > MAX_BYTES:
        if not isinstance(data, list) or len(data) <= 1:
            raise ToolReplyTooLargeError(f"{tool} returned more than {MAX_BYTES} bytes.", tool=tool)
        data, truncated = data[: len(data) // 2], True
        size = _size(data, tool)
    return ToolOutput(data=data, source=output.source, truncated=truncated)


def _size(data: JsonValue, tool: str) -> int:
    try:
        return len(json.dumps(data, ensure_ascii=False, allow_nan=False).encode())
    except (ValueError, TypeError, RecursionError) as error:
        raise ToolReplyInvalidError(f"{tool} returned what a text cannot hold.", tool=tool) from error


def _check(data: Any, tool: str, depth: int = 0) -> None:
    """Refuse nesting and numbers that some reader of the history could not take."""
    endless = isinstance(data, float) and not math.isfinite(data)
    huge = isinstance(data, int) and abs(data) >= 2**63
    if depth > _DEEPEST or endless or huge or (isinstance(data, str) and "\0" in data):
        raise ToolReplyInvalidError(f"{tool} returned what cannot be shown.", tool=tool)
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _check(each, tool, depth + 1)
