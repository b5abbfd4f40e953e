"""The searchable index: generations, and the passages, terms and spans of the live versions."""

from datetime import datetime
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from adapters.postgres.models.base import TenantTable, created_now, one_of

_VISIBILITIES = ("internal", "external")


class IndexGenerationRow(TenantTable):
    """One way of embedding one dataset. Two can stand side by side while one replaces the other."""

    __tablename__ = "index_generations"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dataset_id", "generation_id"),
        ForeignKeyConstraint(["tenant_id", "dataset_id"], ["datasets.tenant_id", "datasets.dataset_id"]),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    dataset_id: Mapped[UUID]
    model: Mapped[str]
    dimension: Mapped[int]
    chunker: Mapped[str]
    analyser: Mapped[str]
    created_at: Mapped[datetime] = created_now()


class IndexPassageRow(TenantTable):
    """A passage that can be found. Its foreign key to documents admits live versions only; its visibility and
    roles are those of the version, copied here so that filters apply before anything is ranked."""

    __tablename__ = "index_passages"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dataset_id", "generation_id"],
            ["index_generations.tenant_id", "index_generations.dataset_id", "index_generations.generation_id"],
        ),
        ForeignKeyConstraint(["tenant_id", "passage_id"], ["passages.tenant_id", "passages.passage_id"]),
        ForeignKeyConstraint(
            ["tenant_id", "document_id", "version_id"],
            ["documents.tenant_id", "documents.document_id", "documents.live_version_id"],
        ),
        one_of("visibility", _VISIBILITIES),
        Index(None, "tenant_id", "document_id"),
        Index(None, "tenant_id", "passage_id"),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    passage_id: Mapped[UUID] = mapped_column(primary_key=True)
    dataset_id: Mapped[UUID]
    document_id: Mapped[UUID]
    version_id: Mapped[UUID]
    token_count: Mapped[int]
    visibility: Mapped[str]
    roles: Mapped[list[str]]


class IndexTermRow(TenantTable):
    """How often a term stands in a passage.

    The second index, for the cascade, leaves the generation out: before there are statistics the planner would
    otherwise read a generation's every term through it.
    """

    __tablename__ = "index_terms"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "generation_id", "passage_id"],
            ["index_passages.tenant_id", "index_passages.generation_id", "index_passages.passage_id"],
            ondelete="CASCADE",
        ),
        Index(None, "tenant_id", "passage_id"),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    passage_id: Mapped[UUID] = mapped_column(primary_key=True)
    frequency: Mapped[int]


class SpanRow(TenantTable):
    """The embedded unit. The generation fixes the model and the dimension of its ``embedding``."""

    __tablename__ = "spans"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "generation_id", "passage_id"],
            ["index_passages.tenant_id", "index_passages.generation_id", "index_passages.passage_id"],
            ondelete="CASCADE",
        ),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    passage_id: Mapped[UUID] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    start_offset: Mapped[int]
    end_offset: Mapped[int]
    embedding: Mapped[list[float]] = mapped_column(HALFVEC())
