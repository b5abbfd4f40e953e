"""Datasets."""

from uuid import UUID

from domain.base import Value
from domain.identity.principal import Visibility


class Dataset(Value):
    """The documents of one tenant in one pack."""

    dataset_id: UUID
    tenant_id: UUID
    pack_id: str
    name: str
    default_visibility: Visibility = "external"
