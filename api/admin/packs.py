"""The packs that this installation has."""

from fastapi import APIRouter

from api.edge.authentication import SECURITY, Authenticated, AuthenticatedRoute
from api.edge.errors import documented
from api.edge.schema import ResponseBody, example
from api.services import ServicesDep
from domain.bots.rights import tenant_packs

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["packs"])


class PackBody(ResponseBody):
    """A pack: documents and tools for one subject."""

    model_config = example(
        pack_id="product_support",
        display_name="Product support",
        description="How to use the product.",
        sample_questions=["How do I rotate an API key?"],
    )

    pack_id: str
    display_name: str
    description: str
    sample_questions: tuple[str, ...]


class PackList(ResponseBody):
    """The installed packs that the key may use."""

    packs: tuple[PackBody, ...]


@router.get("/v1/packs", responses=documented(), summary="List packs")
@router.get("/packs", include_in_schema=False)
async def list_packs(principal: Authenticated, services: ServicesDep) -> PackList:
    """The installed packs that the key may use, by their manifests and the tenant's policy. A bot answers from its own
    packs, and its policy may exclude some."""
    packs = services.packs.summaries()
    decision = tenant_packs(await services.policies.get(principal.tenant_id), packs, principal.roles)
    return PackList(
        packs=tuple(
            PackBody(
                pack_id=pack.pack_id,
                display_name=pack.display_name,
                description=pack.description,
                sample_questions=pack.sample_questions,
            )
            for pack in packs
            if pack.pack_id in decision.allowed
        )
    )
