"""What may be asked at all. A refusal names the rule that made it, so that a history shows why."""

from typing import Final

from domain.base import Value
from domain.policy_patterns import first_match

VERSION: Final = "policy-2"


class Admission(Value):
    """Whether a message may be answered; ``rule_id`` names the rule that refused it."""

    admitted: bool
    rule_id: str | None = None
    reason: str | None = None


def admit(message: str, deny_patterns: tuple[str, ...], deny_globs: tuple[str, ...] = ()) -> Admission:
    """Refuse a message that holds one of the deny patterns, in any spelling."""
    match = first_match(message, deny_patterns, deny_globs)
    if match is None:
        return Admission(admitted=True)
    return Admission(
        admitted=False,
        rule_id=match.rule_id,
        reason="This question touches a topic that this assistant has been told not to discuss.",
    )
