"""What goes into the index."""

from enum import StrEnum
from uuid import UUID

from domain.base import Value
from domain.knowledge.passage import PassageSet
from domain.knowledge.version import DocumentVersion


class IndexKind(StrEnum):
    """How a generation's vectors are searched: all of them read, or through an approximate index."""

    EXACT = "exact"
    HNSW = "hnsw"
    IVFFLAT = "ivfflat"


class Publication(Value):
    """A whole version, ready to go live in one transaction.

    ``embeddings`` holds one normalised little-endian float32 vector of ``dimension`` numbers per span, in the order
    of the passages and of the spans within them.
    """

    version: DocumentVersion
    passages: PassageSet
    model: str
    dimension: int
    embeddings: bytes


class PublishReceipt(Value):
    """What a publication changed; publishing the same version again returns the same receipt."""

    generation_id: UUID
    passages: int
    spans: int
    replaced_version_id: UUID | None
