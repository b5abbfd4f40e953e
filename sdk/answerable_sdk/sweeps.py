"""What the calls of administrators return."""

from typing import Literal

from answerable_sdk.models import ErrorBody, Model


class LeftOver(Model):
    """One thing that nothing needs any more. ``id`` is an artifact's key, a document's id, or else an ingest's."""

    kind: str
    id: str
    reason: str
    removed: bool


class Sweep(Model):
    """What a sweep looked at and found. ``left_over`` names the first thousand; ``found`` and ``removed`` count all."""

    state: Literal["running", "finished", "failed"]
    checked: dict[str, int]
    left_over: tuple[LeftOver, ...]
    found: int
    removed: int
    truncated: bool
    failure: ErrorBody | None

    @property
    def is_clean(self) -> bool:
        """Whether the sweep was finished and nothing is left over now."""
        return self.state == "finished" and self.found == self.removed
