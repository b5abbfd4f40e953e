"""What the envelopes of understanding a question, or a search, hold."""

from collections.abc import Sequence

from activities.envelopes import StepClock
from domain.audit.envelope import AuditKind, Envelope
from domain.base import JsonValue, sha256_of
from domain.bots.bot import Bot
from domain.guardrails import injection
from domain.guardrails.redaction import redacted_preview
from domain.packs.pack import PackSummary
from domain.packs.tool import ToolPlan
from domain.packs.tool_selection import VERSION as TOOLS_VERSION
from domain.policy import admission as policy
from domain.policy.access import AccessDecision
from domain.policy.admission import Admission
from domain.policy.in_force import PinnedPolicy
from domain.questions import follow_up, intent, routing
from domain.questions.follow_up import FollowUp
from domain.questions.intent import Classification
from domain.questions.understanding import Followed, QuestionInContext, Routed


def hashed_message(message: str) -> dict[str, JsonValue]:
    return {"message_sha256": sha256_of(message)}


def follow_up_resolved(clock: StepClock, message: str, followed: Followed) -> Envelope:
    """After which turns the message was read, and what it means after them."""
    turns: list[JsonValue] = [{"sequence": turn.sequence, "turn_id": turn.turn_id} for turn in followed.past]
    return clock.seal(
        AuditKind.FOLLOW_UP_RESOLVED,
        given={**hashed_message(message), "turns": turns},
        decided=_follow_up(followed.follow_up),
        versions={"follow_up": follow_up.VERSION},
    )


def intent_classified(clock: StepClock, message: str, classified: Classification, policy_pin: PinnedPolicy) -> Envelope:
    """Of what kind the question is, and by which rules."""
    return clock.seal(
        AuditKind.INTENT_CLASSIFIED,
        given=hashed_message(message),
        decided={
            "intents": list(classified.intents),
            "rules": list(classified.rules),
            "divided": classified.how_to != message or classified.figures != message,
        },
        versions={"intent": intent.VERSION, **policy_versions(policy_pin)},
    )


def packs_selected(clock: StepClock, asked: QuestionInContext, policy_pin: PinnedPolicy, routed: Routed) -> Envelope:
    """Which packs are searched, and why these."""
    access = routed.usable.packs
    return clock.seal(
        AuditKind.PACKS_SELECTED,
        given={"pack_hint": asked.pack_hint, "available": list(access.rule_ids)},
        decided={
            "packs": list(routed.route.pack_ids),
            "reason": routed.route.reason,
            "datasets": [str(dataset) for dataset in routed.dataset_ids],
            "access": listed(access),
            "policy": list(policy_pin.rule_ids),
        },
        versions={
            "routing": routing.VERSION,
            "bot": str(asked.bot.version),
            **policy_pin.versions,
            **_digests(asked.packs, routed.route.pack_ids),
        },
    )


def tools_selected(
    clock: StepClock, asked: QuestionInContext, policy_pin: PinnedPolicy, routed: Routed, plan: ToolPlan
) -> Envelope:
    """Which tools are called, for which words, and which could not be."""
    return clock.seal(
        AuditKind.TOOLS_SELECTED,
        given={"tools": [tool.name for tool in routed.considered], "time_zone": asked.bot.time_zone},
        decided={
            "calls": [
                {"tool": call.tool, "matched": call.matched, "rules": list(call.rule_ids)} for call in plan.calls
            ],
            "warnings": [warning.code for warning in plan.warnings],
            "access": listed(routed.usable.tool_access),
        },
        versions={
            "tools": TOOLS_VERSION,
            **policy_pin.versions,
            **_digests(asked.packs, [call.pack_id for call in plan.calls]),
        },
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


def _digests(packs: Sequence[PackSummary], pack_ids: Sequence[str]) -> dict[str, str]:
    return {f"pack/{pack.pack_id}": pack.digest for pack in packs if pack.pack_id in pack_ids}


def _follow_up(found: FollowUp | None) -> dict[str, JsonValue]:
    if found is None:
        return {"follows": False}
    return {
        "follows": True,
        "understood_as": redacted_preview(found.question),
        "question_sha256": sha256_of(found.question),
        "kind": found.kind,
        "rule": found.rule,
        "turn": {"sequence": found.past.sequence, "turn_id": found.past.turn_id},
    }
