"""Sweeps: what ingests left over."""

from typing import Literal

from answerable_sdk.model import ErrorBody, Model
from answerable_sdk.transport.call import Call, idempotency, parse_as, without_none
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Pause, Steps
from answerable_sdk.transport.waiting import Wait

_PATH = "/v1/admin/sweep"


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


class Sweeps(Resource[Mode]):
    """``client.sweeps``."""

    @method
    def run(
        self,
        *,
        remove: bool = False,
        older_than_seconds: int | None = None,
        idempotency_key: str | None = None,
        timeout: float = 3600.0,
    ) -> Steps[Sweep]:
        """Look for what ingests left over, wait for the report, and remove what was found if ``remove``.

        Raises WaitTimeoutError after ``timeout`` seconds, ResponseError "already_running" while another sweep runs.
        """
        body = {"remove": remove} | without_none(older_than_seconds=older_than_seconds)
        begin = Call("POST", _PATH, parse_as(Sweep), json=body, headers=idempotency(idempotency_key))
        waiting = Wait("The sweep", timeout)
        found = yield from self._send(begin)
        while found.state == "running":
            yield Pause(waiting.next_pause())
            found = yield from self._send(_last_call())
        return found

    @method
    def last(self) -> Steps[Sweep]:
        """The report of the last sweep, running or not. Raises NotFoundError if there was none."""
        return self._send(_last_call())


def _last_call() -> Call[Sweep]:
    return Call("GET", _PATH, parse_as(Sweep))
