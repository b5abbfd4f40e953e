"""Which of a bot's packs are searched for a question."""

import re
from collections.abc import Sequence
from typing import Final

from domain.base import Value
from domain.knowledge.dataset import Dataset
from domain.packs.pack import PackSummary

VERSION: Final = "routing-1"
_WORD: Final = re.compile(r"[^\W_]+")


class Route(Value):
    """The packs to search, and why: ``hint``, ``keywords`` or ``all`` (no pack stood out)."""

    pack_ids: tuple[str, ...]
    reason: str


def route(message: str, datasets: Sequence[Dataset], packs: Sequence[PackSummary], pack_hint: str | None) -> Route:
    """Choose among the packs of ``datasets``; a hint decides alone, keywords only where they single packs out."""
    available = tuple(sorted({dataset.pack_id for dataset in datasets}))
    if pack_hint is not None:
        return Route(pack_ids=tuple(pack for pack in available if pack == pack_hint), reason="hint")
    words = _words(message)
    matched = tuple(
        sorted(
            pack.pack_id
            for pack in packs
            if pack.pack_id in available and any(_words(keyword) in words for keyword in pack.routing_keywords)
        )
    )
    if matched and matched != available:
        return Route(pack_ids=matched, reason="keywords")
    return Route(pack_ids=available, reason="all")


def _words(text: str) -> str:
    """The words of a text between single spaces, so that a keyword of several words is found as a substring."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "
