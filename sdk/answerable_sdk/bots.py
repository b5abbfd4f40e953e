"""Bots, as administrators see them."""

from typing import Literal, TypedDict
from uuid import UUID

from answerable_sdk.models import Model


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


class BotList(Model):
    bots: tuple[Bot, ...]


class BotChanges(TypedDict, total=False):
    """What to set of a bot; None puts a field back to its default."""

    reranker: Literal["none", "local", "cohere"] | None
    minimum_confidence: float | None
