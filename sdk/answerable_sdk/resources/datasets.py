"""Datasets."""

from uuid import UUID

from answerable_sdk.model import Model
from answerable_sdk.transport.call import Call, parse_as
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Steps


class Dataset(Model):
    """The documents of the tenant in one pack; ``available``: whether the pack is installed, and so can answer."""

    dataset_id: UUID
    pack_id: str
    name: str
    default_visibility: str
    available: bool = True


class _DatasetList(Model):
    datasets: tuple[Dataset, ...]


class Datasets(Resource[Mode]):
    """``client.datasets``."""

    @method
    def list(self) -> Steps[tuple[Dataset, ...]]:
        """The tenant's datasets."""
        return self._send(Call("GET", "/v1/datasets", parse_as(_DatasetList, lambda found: found.datasets)))
