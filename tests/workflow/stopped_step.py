"""A step that was stopped after it had decided something."""

from activities.envelopes import StepClock
from domain.audit.envelope import AuditKind, StoppedPartwayError


def stopped_before_the_search(cause: Exception) -> StoppedPartwayError:
    """As ``answer_question`` raises it when the search fails after the question was read."""
    clock = StepClock()
    intents = clock.seal(AuditKind.INTENT_CLASSIFIED, given={}, decided={"intents": ["how_to"], "rules": ["asks_how"]})
    packs = clock.seal(AuditKind.PACKS_SELECTED, given={}, decided={"packs": ["product_support"], "reason": "all"})
    return StoppedPartwayError(cause, (intents, packs))
