"""Documents, their versions, and the states of an ingest."""

import json
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from pydantic import Field

from domain.base import Value, sha256_of
from domain.identity.principal import Visibility
from domain.knowledge.attributes import Attributes, Label, Tags
from domain.text.canonical import canonical

# Not in any text that the API takes. Fingerprints stand in the database, so that the joined form stays.
_SEPARATOR: Final = "\x1f"


class SourceArtifact(Value):
    """The bytes of a document as they came in, in the object store."""

    key: str
    sha256: str
    size_bytes: int
    media_type: str


class DocumentVersion(Value):
    """One submitted content of one document. ``version_id`` is the ingest id that clients see.

    ``external_key`` names the document within its dataset: a path or file name.
    """

    tenant_id: UUID
    dataset_id: UUID
    document_id: UUID
    version_id: UUID
    external_key: str
    title: str | None = None
    url: str | None = None
    visibility: Visibility = "external"
    roles: tuple[str, ...] = ()
    tags: Tags = ()
    tier: Label | None = None
    language: Label | None = None
    attributes: Attributes = Field(default_factory=dict)
    artifact: SourceArtifact
    submitted_at: datetime
    submitted_by: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the content and everything shown of it: equal fingerprints need no new version."""
        parts = (self.artifact.sha256, self.title or "", self.url or "", self.visibility, *sorted(self.roles))
        if any(_SEPARATOR in part for part in parts):
            parts = (canonical(list(parts)),)
        if self.tags or self.tier or self.language or self.attributes:
            labels = [sorted(self.tags), self.tier, self.language, sorted(self.attributes.items())]
            parts = (*parts, json.dumps(labels))
        return sha256_of(_SEPARATOR.join(parts))


def document_id_for(tenant_id: UUID, dataset_id: UUID, external_key: str) -> UUID:
    """The id of the document that ``external_key`` names in a dataset; the same for every upload of it."""
    return uuid5(dataset_id, f"{tenant_id}/{external_key}")
