"""What the envelopes of understanding a question, or a search, hold."""

from activities.envelopes import StepClock
from domain.audit.envelope import AuditKind, Envelope
from domain.base import JsonValue, sha256_of
from domain.bots.bot import Bot
from domain.guardrails import injection
from domain.policy import admission as policy
from domain.policy.access import AccessDecision
from domain.policy.admission import Admission
from domain.policy.in_force import PinnedPolicy
from domain.questions import intent
from domain.questions.intent import Classification


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


def admission_denied(
    clock: StepClock, given: dict[str, JsonValue], admission: Admission, pinned: PinnedPolicy, bot: Bot
) -> Envelope:
    """What policy, or the screen for injections, refused of what was ``given``: a question or a search."""
    return clock.seal(
        AuditKind.DENIED,
        given=given,
        decided={
            "rule_id": admission.rule_id,
            "reason": admission.reason,
            "profile": pinned.redaction.model_dump(mode="json"),
        },
        versions={**policy_versions(pinned), "bot": str(bot.version)},
    )


def listed(access: AccessDecision) -> dict[str, JsonValue]:
    """The decision on each name: the rules that allowed it, or the one that did not."""
    return {name: list(rule_ids) for name, rule_ids in access.rule_ids.items()}


def policy_versions(policy_pin: PinnedPolicy) -> dict[str, str]:
    return {"policy": policy.VERSION, "injection": injection.VERSION, **policy_pin.versions}
