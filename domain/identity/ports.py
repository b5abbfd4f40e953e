"""Where API keys are kept."""

from typing import Protocol
from uuid import UUID

from domain.identity.principal import Principal


class ApiKeyRepository(Protocol):
    async def authenticate(self, tenant_id: UUID, prefix: str, secret_sha256: str) -> Principal | None:
        """The principal behind a key; None if it is unknown, wrong, expired or revoked."""
        ...
