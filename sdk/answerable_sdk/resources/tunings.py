"""Tunings: versions of what was learned from feedback."""

from datetime import datetime
from uuid import UUID

from answerable_sdk.model import Model
from answerable_sdk.transport.call import Call, parse_as
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Steps


class Boost(Model):
    """``boost`` multiplies the fused score of the document's passages."""

    document_id: UUID
    boost: float
    ups: int
    downs: int


class Tuning(Model):
    """A version of what was learned from feedback. Version 0: tuning is off."""

    version: int
    active: bool
    feedback: int
    created_at: datetime
    created_by: str
    boosts: tuple[Boost, ...]


class _TuningList(Model):
    items: tuple[Tuning, ...]


class Tunings(Resource[Mode]):
    """``client.tunings``."""

    @method
    def list(self) -> Steps[tuple[Tuning, ...]]:
        """All versions, newest first."""
        return self._send(Call("GET", _PATH, parse_as(_TuningList, lambda found: found.items)))

    @method
    def create(self) -> Steps[Tuning]:
        """Learn from the feedback now. The new version applies at once."""
        return self._send(Call("POST", _PATH, parse_as(Tuning), json={}))

    @method
    def activate(self, version: int) -> Steps[Tuning]:
        """Roll back to a version; 0 turns tuning off."""
        return self._send(Call("POST", _PATH, parse_as(Tuning), json={"activate": version}))


_PATH = "/v1/admin/tuning"
