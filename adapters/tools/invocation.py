"""What a connector is asked for, and the protocol that all three follow."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from domain.base import JsonValue
from domain.packs.tool import ToolOutput


@dataclass(frozen=True)
class Invocation:
    """``folder`` is the pack's. ``idempotency_key`` is the same whenever the execution is repeated."""

    tool: str
    tenant_id: UUID
    arguments: dict[str, JsonValue]
    idempotency_key: str
    folder: Path


class ToolConnector(Protocol):
    async def call(self, connector: Any, invocation: Invocation) -> ToolOutput:
        """Call through ``connector``, the part of the manifest that says how. Raises ToolError."""
        ...
