"""Who asks, and what they may do."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from domain.base import Value
from domain.identity.errors import PermissionDeniedError

Visibility = Literal["internal", "external"]


class KeyScope(StrEnum):
    """What an API key may be used for."""

    CHAT = "chat"
    KNOWLEDGE_READ = "knowledge:read"
    KNOWLEDGE_WRITE = "knowledge:write"
    AUDIT_READ = "audit:read"
    ADMIN = "admin"


class Principal(Value):
    """The one who asks: an API key for now; users and channel identities have the same shape.

    ``audience`` decides which documents may be seen: internal principals (staff) see internal and external
    documents, external ones (customers) only external documents. ``roles`` open documents that list roles.
    """

    tenant_id: UUID
    kind: Literal["api_key"]
    id: str
    name: str
    audience: Visibility = "external"
    roles: tuple[str, ...] = ()
    scopes: tuple[KeyScope, ...] = ()

    def require(self, scope: KeyScope) -> None:
        """Raise PermissionDeniedError unless the principal holds ``scope`` (admin holds all)."""
        if scope in self.scopes or KeyScope.ADMIN in self.scopes:
            return
        raise PermissionDeniedError(
            f"This API key lacks the scope '{scope}'. Use a key that has this scope.", required_scope=scope.value
        )

    @property
    def visibilities(self) -> tuple[Visibility, ...]:
        return ("internal", "external") if self.audience == "internal" else ("external",)


class Reader(Value):
    """Whose rights decide which documents a list, a history or somebody else's answer may name.

    ``packs`` are those that manifests and the tenant's policy leave to the reader. What was handed in with the
    reader's own key is no secret to it, whomever it is for.
    """

    principal_id: str
    visibilities: tuple[Visibility, ...]
    roles: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()

    @classmethod
    def of(cls, principal: Principal, packs: tuple[str, ...]) -> "Reader":
        return cls(principal_id=principal.id, visibilities=principal.visibilities, roles=principal.roles, packs=packs)
