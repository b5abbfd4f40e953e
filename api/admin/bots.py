"""The tenant's bots, and what an administrator may set of them."""

from typing import Annotated, Final, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StrictFloat

from api.edge.authentication import SECURITY, Administrator, AuthenticatedRoute
from api.edge.errors import documented
from api.edge.schema import EXAMPLE_ID, RequestBody, ResponseBody, example
from api.services import ServicesDep
from domain.bots.bot import Bot, BotChanges
from domain.search.reranking import RerankerKind

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["bots"])

_EXAMPLE: Final = {
    "bot_id": str(EXAMPLE_ID),
    "name": "Support assistant",
    "version": 3,
    "is_default": True,
    "dataset_ids": [str(EXAMPLE_ID)],
    "reranker": "local",
    "minimum_confidence": 0.5,
}


class BotBody(ResponseBody):
    """A bot. ``version`` grows with every edit and is recorded with each turn. ``reranker`` null: the installation's
    default. Below ``minimum_confidence`` the bot does not answer from documents."""

    model_config = example(**_EXAMPLE)

    bot_id: UUID
    name: str
    version: int
    is_default: bool
    dataset_ids: tuple[UUID, ...]
    reranker: RerankerKind | None
    minimum_confidence: float

    @classmethod
    def of(cls, bot: Bot) -> Self:
        kept = bot.model_dump(include=set(cls.model_fields))
        return cls(**kept, dataset_ids=tuple(dataset.dataset_id for dataset in bot.datasets))


class BotList(ResponseBody):
    """All bots of the tenant, by name."""

    model_config = example(bots=[_EXAMPLE])

    bots: tuple[BotBody, ...]


class BotChangesBody(RequestBody):
    """The fields to change. Omitted fields stay as they are; null restores the default."""

    model_config = RequestBody.model_config | example(reranker="local", minimum_confidence=0.5)

    reranker: RerankerKind | None = None
    minimum_confidence: Annotated[StrictFloat, Field(ge=0, le=1)] | None = None


@router.get("/v1/bots", responses=documented(), summary="List bots")
async def list_bots(principal: Administrator, services: ServicesDep) -> BotList:
    """All bots of the tenant, by name."""
    return BotList(bots=tuple(BotBody.of(bot) for bot in await services.bots.list(principal.tenant_id)))


@router.get("/v1/bots/{bot_id}", responses=documented(404), summary="Get a bot")
async def read_bot(bot_id: UUID, principal: Administrator, services: ServicesDep) -> BotBody:
    """One bot of the tenant."""
    return BotBody.of(await services.bots.get(principal.tenant_id, bot_id))


@router.patch("/v1/bots/{bot_id}", responses=documented(404, 413), summary="Update a bot")
async def change_bot(bot_id: UUID, body: BotChangesBody, principal: Administrator, services: ServicesDep) -> BotBody:
    """Makes a new version of the bot, which applies to turns and searches from now on. Without a change, no new
    version is made."""
    changes = BotChanges(**body.model_dump(exclude_unset=True))
    return BotBody.of(await services.bots.change(principal.tenant_id, bot_id, changes))
