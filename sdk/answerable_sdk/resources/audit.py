"""The audit: what happened in a turn."""

from datetime import datetime
from typing import Any

from answerable_sdk.model import Model
from answerable_sdk.transport.call import Call, parse_as, segment
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Steps


class AuditEvent(Model):
    """One event of a turn."""

    timestamp: datetime
    trace_id: str
    kind: str
    data: dict[str, Any]


class Audit(Model):
    """The events of a turn, oldest first."""

    trace_id: str
    events: tuple[AuditEvent, ...]


class Audits(Resource[Mode]):
    """``client.audit``."""

    @method
    def get(self, trace_id: str) -> Steps[Audit]:
        """The events of a turn. Raises HistoryExpiredError when its history is past the retention."""
        return self._send(Call("GET", f"/v1/audit/{segment(trace_id)}", parse_as(Audit)))
