"""Tenants, their API keys and their bots."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from adapters.postgres.models.base import TenantTable, created_now, one_of
from domain.base import JsonValue

_VISIBILITIES = ("internal", "external")
_RERANKERS = ("none", "local", "cohere")


class TenantRow(TenantTable):
    __tablename__ = "tenants"

    name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(server_default=text("'UTC'"))
    created_at: Mapped[datetime] = created_now()


class ApiKeyRow(TenantTable):
    """``secret_sha256`` is hex; the secret itself is shown once, when the key is made, and never stored."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("tenant_id", "prefix"), one_of("audience", _VISIBILITIES))

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.tenant_id"), primary_key=True, sort_order=-1)
    api_key_id: Mapped[UUID] = mapped_column(primary_key=True)
    prefix: Mapped[str]
    secret_sha256: Mapped[str]
    name: Mapped[str]
    audience: Mapped[str]
    roles: Mapped[list[str]]
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = created_now()
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class BotRow(TenantTable):
    __tablename__ = "bots"
    __table_args__ = (
        Index("uq_bots_default", "tenant_id", unique=True, postgresql_where=text("is_default")),
        one_of("reranker", _RERANKERS),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.tenant_id"), primary_key=True, sort_order=-1)
    bot_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    deny_patterns: Mapped[list[str]]
    refusal: Mapped[str]
    minimum_confidence: Mapped[float]
    is_default: Mapped[bool]
    reranker: Mapped[str | None]
    created_at: Mapped[datetime] = created_now()
    updated_at: Mapped[datetime] = created_now()


class BotDatasetRow(TenantTable):
    """The datasets that a bot may use."""

    __tablename__ = "bot_datasets"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "bot_id"], ["bots.tenant_id", "bots.bot_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "dataset_id"], ["datasets.tenant_id", "datasets.dataset_id"], ondelete="CASCADE"
        ),
        Index(None, "tenant_id", "dataset_id"),
    )

    bot_id: Mapped[UUID] = mapped_column(primary_key=True)
    dataset_id: Mapped[UUID] = mapped_column(primary_key=True)


class PolicyRow(TenantTable):
    """A version of the policy of a tenant (``bot_id`` null) or of a bot. Rows are added and never changed: a turn's
    history names the version that it went by."""

    __tablename__ = "policies"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "bot_id"], ["bots.tenant_id", "bots.bot_id"], ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "bot_id", "version", postgresql_nulls_not_distinct=True),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.tenant_id"), primary_key=True, sort_order=-1)
    policy_id: Mapped[UUID] = mapped_column(primary_key=True)
    bot_id: Mapped[UUID | None]
    version: Mapped[int]
    document: Mapped[dict[str, JsonValue]]
    sha256: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime] = created_now()
