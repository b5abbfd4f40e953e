"""Who may have work done: whatever starts it is signed with a key that only the API and the workers have.

Signed is everything that decides rights and content: which workflow or update it is, under which id, and the whole of
what it is given. A signature says nothing of its key, so it may stand in a history.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any, Final, Literal

from pydantic import BaseModel

from domain.base import Value
from domain.identity.errors import ForgedRequestError

MIN_KEY_CHARACTERS: Final = 32
_REFUSAL: Final = (
    "This work was not started by the API of this installation: its signature is missing or does not fit. "
    "Nothing was done for it."
)


class Claim(Value):
    """What somebody wants done. ``name`` is the workflow's type or the update's name.

    ``workflow_id`` is the one that was signed: that of a schedule is followed by a time in what it starts.
    """

    kind: Literal["start", "update"]
    name: str
    workflow_id: str
    content_sha256: str
    signature: str = ""

    def signed_bytes(self) -> bytes:
        """Length-prefixed, so that no two different claims become the same bytes by joining."""
        parts = ("answerable/1", self.kind, self.name, self.workflow_id, self.content_sha256)
        return b"".join(len(part).to_bytes(8, "big") + part for part in map(_encode, parts))


class SigningKeys:
    """Signs with ``current``; accepts ``previous`` too, so that a key can be changed while work is under way."""

    def __init__(self, current: str, previous: str | None = None) -> None:
        self._keys = tuple(_encode(key) for key in (current, previous) if key)

    def sign(self, claim: Claim) -> Claim:
        signature = self._signature(self._keys[0], claim)
        return claim.model_copy(update={"signature": signature})

    def fits(self, claim: Claim) -> bool:
        """In constant time for each key."""
        given = _encode(claim.signature)
        return any(hmac.compare_digest(_encode(self._signature(key, claim)), given) for key in self._keys)

    def require(self, claim: Claim | None, workflow_id: str | None, workflow_type: str | None) -> None:
        """Raise ForgedRequestError unless ``claim`` is signed, and is one for the workflow that asks by it."""
        if claim is None or workflow_id is None or not self.fits(claim):
            raise ForgedRequestError(_REFUSAL)
        if claim.kind == "start" and claim.name != workflow_type:
            raise ForgedRequestError(_REFUSAL)
        if workflow_id != claim.workflow_id and not _is_scheduled(workflow_id, claim.workflow_id):
            raise ForgedRequestError(_REFUSAL)

    def _signature(self, key: bytes, claim: Claim) -> str:
        return hmac.new(key, claim.signed_bytes(), hashlib.sha256).hexdigest()


def content_sha256(given: Sequence[Any]) -> str:
    """SHA-256 (hex) over the canonical JSON of what a workflow or an update is given.

    Without what has its default value: a field that a release adds changes nothing that is signed until it is used, so
    that releases can run beside each other while one replaces the other.
    """
    plain = [one.model_dump(mode="json", exclude_defaults=True) if isinstance(one, BaseModel) else one for one in given]
    return hashlib.sha256(_encode(json.dumps(plain, sort_keys=True, separators=(",", ":"), default=str))).hexdigest()


def _is_scheduled(workflow_id: str, schedule_id: str) -> bool:
    """Whether it is a schedule's id and the time of the action, such as ``a-2026-12-01T00:30:00Z``."""
    head, dash, time = workflow_id.removeprefix(schedule_id).partition("-")
    is_time = len(time) == len("2026-12-01T00:30:00Z") and time[10] == "T" and time[-1] == "Z"
    return workflow_id.startswith(schedule_id) and not head and bool(dash) and is_time


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
