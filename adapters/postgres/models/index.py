"""The searchable index: generations, and the passages, terms and spans of the live versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC, SPARSEVEC
from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from adapters.postgres.models.base import TenantTable, created_now, one_of
from domain.base import JsonValue

_VISIBILITIES = ("internal", "external")


class IndexGenerationRow(TenantTable):
    """One way of embedding one dataset. Two can stand side by side while one replaces the other."""

    __tablename__ = "index_generations"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dataset_id", "generation_id"),
        one_of("index_kind", ("exact", "hnsw", "ivfflat")),
        ForeignKeyConstraint(["tenant_id", "dataset_id"], ["datasets.tenant_id", "datasets.dataset_id"]),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    dataset_id: Mapped[UUID]
    model: Mapped[str]
    dimension: Mapped[int]
    chunker: Mapped[str]
    analyser: Mapped[str]
    index_kind: Mapped[str] = mapped_column(server_default="exact")
    created_at: Mapped[datetime] = created_now()


class IndexPassageRow(TenantTable):
    """A passage that can be found. Its foreign key to documents admits live versions only; its visibility, roles and
    labels are those of the version, copied here so that filters apply before anything is ranked.

    ``slot`` is its number in the postings, ``words`` are its terms. ``terms`` says how often each stands in it, by the
    terms' numbers, 16,000 of them at the most; ``more_terms`` has the rest.
    """

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
        Index("uq_index_passages_tenant_id_slot", "tenant_id", "slot", unique=True),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    passage_id: Mapped[UUID] = mapped_column(primary_key=True)
    dataset_id: Mapped[UUID]
    document_id: Mapped[UUID]
    version_id: Mapped[UUID]
    token_count: Mapped[int]
    visibility: Mapped[str]
    roles: Mapped[list[str]]
    slot: Mapped[int] = mapped_column(BigInteger)
    analyser: Mapped[str]
    words: Mapped[list[str]]
    terms: Mapped[Any] = mapped_column(SPARSEVEC())
    more_terms: Mapped[list[Any] | None] = mapped_column(ARRAY(SPARSEVEC()))
    tags: Mapped[list[str]]
    tier: Mapped[str | None]
    language: Mapped[str | None]
    attributes: Mapped[dict[str, JsonValue]]
    updated_at: Mapped[datetime]


class IndexSegmentRow(TenantTable):
    """What one publication, or a merge of several, added to the words of a generation; passages of one audience.

    ``slots`` are the numbers of the passages whose postings it holds; ``dead`` those of passages that have left the
    index since, whichever segment holds them. ``passages`` and ``tokens`` count what it added less what it took away.
    """

    __tablename__ = "index_segments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "generation_id"],
            ["index_generations.tenant_id", "index_generations.generation_id"],
            ondelete="CASCADE",
        ),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    segment_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    visibility: Mapped[str]
    roles: Mapped[list[str]]
    analyser: Mapped[str]
    passages: Mapped[int] = mapped_column(BigInteger)
    tokens: Mapped[int] = mapped_column(BigInteger)
    slots: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    dead: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class IndexPostingRow(TenantTable):
    """The passages of a segment that hold a term: slot * 256 + impact, a byte that says how much it counts there.

    ``holders``, summed over the segments, is the document frequency of the term.
    """

    __tablename__ = "index_postings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "generation_id", "segment_id"],
            ["index_segments.tenant_id", "index_segments.generation_id", "index_segments.segment_id"],
            ondelete="CASCADE",
        ),
        Index(None, "segment_id", "tenant_id", "generation_id"),
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    segment_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    holders: Mapped[int]
    postings: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


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
