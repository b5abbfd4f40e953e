"""Datasets, documents, their versions, and the passages that are cited."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from adapters.postgres.models.base import TenantTable, created_now, one_of
from domain.base import JsonValue
from domain.knowledge.ingest import IngestState

_VISIBILITIES = ("internal", "external")


class DatasetRow(TenantTable):
    """``live_generation_id`` is null until the first document is published."""

    __tablename__ = "datasets"
    __table_args__ = (
        UniqueConstraint("tenant_id", "pack_id", "name"),
        ForeignKeyConstraint(
            ["tenant_id", "dataset_id", "live_generation_id"],
            ["index_generations.tenant_id", "index_generations.dataset_id", "index_generations.generation_id"],
            name="fk_datasets_live_generation",
            use_alter=True,
        ),
        one_of("default_visibility", _VISIBILITIES),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.tenant_id"), primary_key=True, sort_order=-1)
    dataset_id: Mapped[UUID] = mapped_column(primary_key=True)
    pack_id: Mapped[str]
    name: Mapped[str]
    default_visibility: Mapped[str]
    live_generation_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_now()


class DocumentRow(TenantTable):
    """``live_version_id`` is the version that answers; the row is the lock under which versions are numbered, swapped
    and removed. ``deleted_at`` is null again once a new version is registered. The last unique constraint lets the
    index refer to the live version, so that no other can be in it."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dataset_id", "external_key"),
        UniqueConstraint("tenant_id", "document_id", "live_version_id"),
        ForeignKeyConstraint(["tenant_id", "dataset_id"], ["datasets.tenant_id", "datasets.dataset_id"]),
        ForeignKeyConstraint(
            ["tenant_id", "document_id", "live_version_id"],
            ["document_versions.tenant_id", "document_versions.document_id", "document_versions.version_id"],
            name="fk_documents_live_version",
            use_alter=True,
        ),
    )

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    dataset_id: Mapped[UUID]
    external_key: Mapped[str]
    live_version_id: Mapped[UUID | None]
    last_version_number: Mapped[int]
    created_at: Mapped[datetime] = created_now()
    deleted_at: Mapped[datetime | None]


class DocumentVersionRow(TenantTable):
    """One submitted content and its ingest. ``shown_title`` and what follows it are set when it is published;
    ``replaced_version_id`` is a note without a foreign key, because retention may take the replaced version away."""

    __tablename__ = "document_versions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "document_id", "version_id"),
        UniqueConstraint("tenant_id", "document_id", "version_number"),
        ForeignKeyConstraint(["tenant_id", "document_id"], ["documents.tenant_id", "documents.document_id"]),
        ForeignKeyConstraint(
            ["tenant_id", "generation_id"],
            ["index_generations.tenant_id", "index_generations.generation_id"],
        ),
        one_of("visibility", _VISIBILITIES),
        one_of("state", IngestState),
        Index("ix_document_versions_newest", "tenant_id", text("created_at DESC"), text("version_id DESC")),
    )

    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID]
    version_number: Mapped[int]
    fingerprint: Mapped[str]
    source_key: Mapped[str]
    source_sha256: Mapped[str]
    source_size_bytes: Mapped[int] = mapped_column(BigInteger)
    source_media_type: Mapped[str]
    title: Mapped[str | None]
    url: Mapped[str | None]
    visibility: Mapped[str]
    roles: Mapped[list[str]]
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[str]
    state: Mapped[str]
    stage: Mapped[str]
    done: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int]
    failure_code: Mapped[str | None]
    failure_message: Mapped[str | None]
    failure_details: Mapped[dict[str, JsonValue] | None]
    artifacts: Mapped[dict[str, JsonValue]]
    created_at: Mapped[datetime] = created_now()
    updated_at: Mapped[datetime] = created_now()
    shown_title: Mapped[str | None]
    generation_id: Mapped[UUID | None]
    replaced_version_id: Mapped[UUID | None]
    passages: Mapped[int]
    spans: Mapped[int]
    tags: Mapped[list[str]]
    tier: Mapped[str | None]
    language: Mapped[str | None]
    attributes: Mapped[dict[str, JsonValue]]


class PassageRow(TenantTable):
    """Immutable: the app role may not update it. Offsets count characters of the document's parsed text."""

    __tablename__ = "passages"
    __table_args__ = (
        UniqueConstraint("tenant_id", "version_id", "ordinal"),
        ForeignKeyConstraint(
            ["tenant_id", "version_id"], ["document_versions.tenant_id", "document_versions.version_id"]
        ),
    )

    passage_id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID]
    ordinal: Mapped[int]
    start_offset: Mapped[int]
    end_offset: Mapped[int]
    page: Mapped[int | None]
    section_heading: Mapped[str]
    text: Mapped[str]
    text_sha256: Mapped[str]
