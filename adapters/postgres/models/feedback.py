"""What people said of answers, and the versions of what was learned from it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from adapters.postgres.models.base import TenantTable, created_now, one_of
from domain.feedback.feedback import Rating


class FeedbackRow(TenantTable):
    """One principal's word on one turn; a later one takes its place."""

    __tablename__ = "feedback"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "turn_id"], ["turns.tenant_id", "turns.turn_id"]),
        ForeignKeyConstraint(["tenant_id", "passage_id"], ["passages.tenant_id", "passages.passage_id"]),
        one_of("rating", Rating),
        Index(None, "tenant_id", "given_at"),
        Index(None, "tenant_id", "passage_id"),
    )

    turn_id: Mapped[str] = mapped_column(primary_key=True)
    principal_id: Mapped[str] = mapped_column(primary_key=True)
    rating: Mapped[str]
    passage_id: Mapped[UUID | None]
    comment: Mapped[str | None]
    given_at: Mapped[datetime]


class TuningRow(TenantTable):
    """A version of the boosts. ``run_id`` names the workflow step that made it, so that repeating the step makes no
    second one; at most one version of a tenant is active."""

    __tablename__ = "tunings"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
        Index("uq_tunings_run", "tenant_id", "run_id", unique=True),
        Index("uq_tunings_active", "tenant_id", unique=True, postgresql_where=text("is_active")),
    )

    version: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str]
    feedback: Mapped[int]
    is_active: Mapped[bool]
    created_by: Mapped[str]
    created_at: Mapped[datetime] = created_now()


class DocumentBoostRow(TenantTable):
    """The factor of one document in one version. No foreign key to the document: it may be erased, the version stays
    readable."""

    __tablename__ = "document_boosts"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "version"], ["tunings.tenant_id", "tunings.version"]),)

    version: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    boost: Mapped[float]
    ups: Mapped[int]
    downs: Mapped[int]
