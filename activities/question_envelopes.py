"""What the envelopes of understanding a question hold."""

from activities.envelopes import StepClock
from domain import injection, intent, policy
from domain.audit import AuditKind, Envelope
from domain.base import JsonValue, sha256_of
from domain.intent import Classification
from domain.policy_access import AccessDecision
from domain.policy_in_force import PinnedPolicy


def intent_classified(clock: StepClock, message: str, classified: Classification, policy_pin: PinnedPolicy) -> Envelope:
    """Of what kind the question is, and by which rules."""
    return clock.seal(
        AuditKind.INTENT_CLASSIFIED,
        given={"message_sha256": sha256_of(message)},
        decided={
            "intents": list(classified.intents),
            "rules": list(classified.rules),
            "divided": classified.how_to != message or classified.figures != message,
        },
        versions={"intent": intent.VERSION, **policy_versions(policy_pin)},
    )


def listed(access: AccessDecision) -> dict[str, JsonValue]:
    """The decision on each name: the rules that allowed it, or the one that did not."""
    return {name: list(rule_ids) for name, rule_ids in access.rule_ids.items()}


def policy_versions(policy_pin: PinnedPolicy) -> dict[str, str]:
    return {"policy": policy.VERSION, "injection": injection.VERSION, **policy_pin.versions}
