"""Bots, as administrators see them."""

from typing import Literal, TypedDict, Unpack
from uuid import UUID

from answerable_sdk.model import Model
from answerable_sdk.transport.call import Call, Id, parse_as, segment
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Steps


class Bot(Model):
    """``version`` grows with every edit. ``reranker`` None: the installation's. Below ``minimum_confidence``, in
    [0, 1], the bot refuses to answer from documents."""

    bot_id: UUID
    name: str
    version: int
    is_default: bool
    dataset_ids: tuple[UUID, ...]
    reranker: str | None
    minimum_confidence: float


class _BotList(Model):
    bots: tuple[Bot, ...]


class BotChanges(TypedDict, total=False):
    """The fields to set; None resets a field to its default."""

    reranker: Literal["none", "local", "cohere"] | None
    minimum_confidence: float | None


class Bots(Resource[Mode]):
    """``client.bots``."""

    @method
    def list(self) -> Steps[tuple[Bot, ...]]:
        """The tenant's bots, by name."""
        return self._send(Call("GET", "/v1/bots", parse_as(_BotList, lambda found: found.bots)))

    @method
    def update(self, bot_id: Id, **changes: Unpack[BotChanges]) -> Steps[Bot]:
        """Set fields of a bot and return it. Raises BotNotFoundError."""
        return self._send(Call("PATCH", f"/v1/bots/{segment(bot_id)}", parse_as(Bot), json=dict(changes)))
