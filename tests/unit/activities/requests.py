"""Questions, for unit tests of the steps of a turn."""

from typing import Any
from uuid import UUID

from domain.conversations.turn import TurnRequest
from domain.identity.principal import Principal
from tests.unit.activities.fakes import BOT, NOON, TENANT


def request_of(message: str, *, tenant_id: UUID = TENANT, roles: tuple[str, ...] = (), **changes: Any) -> TurnRequest:
    principal = Principal(tenant_id=tenant_id, kind="api_key", id="k", name="Support desk", roles=roles)
    given: dict[str, Any] = {
        "tenant_id": tenant_id,
        "turn_id": "t",
        "conversation_id": UUID(int=8),
        "principal": principal,
        "channel": "api",
        "bot_id": BOT,
        "message": message,
        "request_sha256": "0" * 64,
        "received_at": NOON,
    }
    return TurnRequest(**{**given, **changes})
