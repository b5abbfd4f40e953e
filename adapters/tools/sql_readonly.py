"""Queries in files of packs, run by the read-only role."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from adapters.postgres.readonly_queries import ReadonlyQueries
from adapters.tools.invocation import Invocation
from answerable_sdk.pack_tools import SqlReadonly
from domain.base import JsonValue
from domain.packs.errors import ToolUnavailableError
from domain.packs.tool import ToolOutput


class SqlConnector:
    """``queries`` is None where no read-only role is configured: its tools are then unavailable, and say so."""

    def __init__(self, queries: ReadonlyQueries | None) -> None:
        self._queries = queries

    async def call(self, connector: SqlReadonly, invocation: Invocation) -> ToolOutput:
        """Raises ToolError."""
        if self._queries is None:
            raise ToolUnavailableError(
                f"{invocation.tool} needs a read-only database role: DATABASE_READER_URL is not set.",
                tool=invocation.tool,
            )
        query = (invocation.folder / connector.query).read_text(encoding="utf-8")
        found = await self._queries.run(
            invocation.tenant_id,
            query,
            {**invocation.arguments, **connector.fixed},
            timeout_seconds=connector.timeout_seconds,
            max_rows=connector.max_rows,
        )
        rows: list[JsonValue] = [{name: _json(value) for name, value in row.items()} for row in found.rows]
        return ToolOutput(data=rows, source=f"sql_readonly {connector.query}", truncated=found.truncated)


def _json(value: Any) -> JsonValue:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta | UUID):
        return str(value)
    if isinstance(value, list):
        return [_json(each) for each in value]
    if isinstance(value, dict):
        return {str(name): _json(each) for name, each in value.items()}
    return str(value)
