"""What a policy lets be shown of passages."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.guardrails.hidden_text import HiddenSpan
from domain.policy.in_force import PolicyInForce
from domain.search.retrieval import RetrievedPassage


class Reviewed(NamedTuple):
    """``passages`` as they may be shown, best first; ``denied`` and ``suspicious``: the rule that each breaks, of those
    that are left out and of those whose texts are withheld."""

    passages: tuple[RetrievedPassage, ...]
    denied: Mapping[UUID, str]
    suspicious: Mapping[UUID, str]
    hidden: Mapping[UUID, tuple[HiddenSpan, ...]]
    redactions: Mapping[str, int]


class PassageReviewer(Protocol):
    async def review(
        self, passages: Sequence[RetrievedPassage], texts: Mapping[UUID, str], in_force: PolicyInForce
    ) -> Reviewed:
        """What of the passages may be shown under the policy."""
        ...
