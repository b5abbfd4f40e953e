"""API keys: made once in plain text, kept as a prefix and a hash."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from psycopg.rows import DictRow

from adapters.postgres.database import Database
from domain.base import Value
from domain.errors import NotFoundError
from domain.identity.principal import KeyScope, Principal, Visibility

_PREFIX_BYTES: Final = 6
_SECRET_BYTES: Final = 32


class ApiKey(Value):
    """An API key as lists show it."""

    api_key_id: UUID
    prefix: str
    name: str
    audience: Visibility
    roles: tuple[str, ...]
    scopes: tuple[KeyScope, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class IssuedApiKey(Value):
    """``plain_key`` (ans_<tenant>_<prefix>_<secret>) is not stored and cannot be shown again."""

    api_key_id: UUID
    plain_key: str


class PostgresApiKeys:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def authenticate(self, tenant_id: UUID, prefix: str, secret_sha256: str) -> Principal | None:
        """The principal behind a key; None if it is unknown, wrong, expired or revoked."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                """
                SELECT tenant_id, api_key_id, name, audience, roles, scopes, secret_sha256 FROM api_keys
                WHERE tenant_id = %s AND prefix = %s AND revoked_at IS NULL AND coalesce(expires_at > now(), true)
                """,
                [tenant_id, prefix],
            )
            row = await cursor.fetchone()
        if row is None or not hmac.compare_digest(row["secret_sha256"].encode(), secret_sha256.encode()):
            return None
        return _principal(row)

    async def create(
        self,
        tenant_id: UUID,
        name: str,
        *,
        scopes: Sequence[KeyScope],
        audience: Visibility = "external",
        roles: Sequence[str] = (),
        expires_at: datetime | None = None,
    ) -> IssuedApiKey:
        """Make a key. Raises NotFoundError when there is no such tenant."""
        api_key_id, prefix = uuid4(), secrets.token_hex(_PREFIX_BYTES)
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        hashed = hashlib.sha256(secret.encode()).hexdigest()
        async with self._database.transaction(tenant_id) as connection:
            await connection.execute(
                """
                INSERT INTO api_keys
                    (tenant_id, api_key_id, prefix, secret_sha256, name, audience, roles, scopes, expires_at)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
                """,
                [tenant_id, api_key_id, prefix, hashed, name, audience, list(roles), list(scopes), expires_at],
            )
        return IssuedApiKey(api_key_id=api_key_id, plain_key=f"ans_{tenant_id.hex}_{prefix}_{secret}")

    async def revoke(self, tenant_id: UUID, api_key_id: UUID) -> None:
        """From now on the key is refused; repeating changes nothing. Raises NotFoundError."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                """
                UPDATE api_keys SET revoked_at = coalesce(revoked_at, now())
                WHERE tenant_id = %s AND api_key_id = %s
                """,
                [tenant_id, api_key_id],
            )
            if not cursor.rowcount:
                raise NotFoundError("There is no such API key.")

    async def list(self, tenant_id: UUID) -> tuple[ApiKey, ...]:
        """All keys, revoked and expired ones too, oldest first."""
        async with self._database.transaction(tenant_id) as connection:
            cursor = await connection.execute(
                """
                SELECT api_key_id, prefix, name, audience, roles, scopes, created_at, expires_at, revoked_at
                FROM api_keys WHERE tenant_id = %s ORDER BY created_at, api_key_id
                """,
                [tenant_id],
            )
            return tuple(ApiKey.model_validate(row) for row in await cursor.fetchall())


def _principal(row: DictRow) -> Principal:
    return Principal(
        tenant_id=row["tenant_id"],
        kind="api_key",
        id=str(row["api_key_id"]),
        name=row["name"],
        audience=row["audience"],
        roles=tuple(row["roles"]),
        scopes=tuple(KeyScope(scope) for scope in row["scopes"]),
    )
