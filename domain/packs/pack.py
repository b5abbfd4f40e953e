"""Packs as routing, listings and ingests see them."""

from pathlib import Path

from domain.base import Value
from domain.identity.principal import Visibility


class PackSummary(Value):
    """A pack as routing and listings need it: no code, no documents."""

    pack_id: str
    display_name: str
    description: str
    routing_keywords: tuple[str, ...] = ()
    sample_questions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """Who may use the pack; everybody when there are none."""
    open_to_policy: bool = False
    """Whether a tenant's policy may open the pack to other roles too."""
    digest: str


class PackDocument(Value):
    """One file of a pack's source. ``name`` is its path within the pack, and its document's external key."""

    pack_id: str
    name: str
    path: Path
    url: str | None
    visibility: Visibility
