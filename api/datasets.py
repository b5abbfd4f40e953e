"""The tenant's datasets."""

from typing import Self
from uuid import UUID

from fastapi import APIRouter

from api.authentication import SECURITY, AuthenticatedRoute, KnowledgeReader
from api.errors import documented
from api.schema import EXAMPLE_ID, ResponseBody, example
from api.services import ServicesDep
from domain.access import Visibility
from domain.bot import Dataset

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["knowledge"])


class DatasetBody(ResponseBody):
    """The documents of the tenant in one pack."""

    model_config = example(
        dataset_id=str(EXAMPLE_ID), pack_id="product_support", name="Product support", default_visibility="external"
    )

    dataset_id: UUID
    pack_id: str
    name: str
    default_visibility: Visibility

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        return cls(**dataset.model_dump(exclude={"tenant_id"}))


class DatasetList(ResponseBody):
    """All datasets of the tenant."""

    datasets: tuple[DatasetBody, ...]


@router.get("/v1/datasets", responses=documented(), summary="List datasets")
async def list_datasets(principal: KnowledgeReader, services: ServicesDep) -> DatasetList:
    """The datasets that uploads can go to."""
    found = await services.datasets.list(principal.tenant_id)
    return DatasetList(datasets=tuple(DatasetBody.of(dataset) for dataset in found))
