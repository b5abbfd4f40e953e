"""The tenant's datasets."""

from collections.abc import Set
from typing import Self
from uuid import UUID

from fastapi import APIRouter

from api.edge.authentication import SECURITY, AuthenticatedRoute, KnowledgeReader
from api.edge.errors import documented
from api.edge.schema import EXAMPLE_ID, ResponseBody, example
from api.services import ServicesDep
from domain.identity.principal import Visibility
from domain.knowledge.dataset import Dataset

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["knowledge"])


class DatasetBody(ResponseBody):
    """The tenant's documents for one pack. ``available``: whether the pack is installed; if not, nobody can find its
    documents."""

    model_config = example(
        dataset_id=str(EXAMPLE_ID),
        pack_id="product_support",
        name="Product support",
        default_visibility="external",
        available=True,
    )

    dataset_id: UUID
    pack_id: str
    name: str
    default_visibility: Visibility
    available: bool

    @classmethod
    def of(cls, dataset: Dataset, installed: Set[str]) -> Self:
        return cls(**dataset.model_dump(exclude={"tenant_id"}), available=dataset.pack_id in installed)


class DatasetList(ResponseBody):
    """All datasets of the tenant."""

    datasets: tuple[DatasetBody, ...]


@router.get("/v1/datasets", responses=documented(), summary="List datasets")
async def list_datasets(principal: KnowledgeReader, services: ServicesDep) -> DatasetList:
    """All datasets of the tenant."""
    found = await services.datasets.list(principal.tenant_id)
    services.packs.notice(dataset.pack_id for dataset in found)
    installed = {pack.pack_id for pack in services.packs.summaries()}
    return DatasetList(datasets=tuple(DatasetBody.of(dataset, installed) for dataset in found))
