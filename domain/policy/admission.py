"""What may be asked at all. A refusal names the rule that made it, so that a history shows why."""

from typing import Final

from domain.base import Value
from domain.policy.deny_list import DenyList

VERSION: Final = "policy-4"
DENIED_ANSWER: Final = "What was found touches a topic that this assistant has been told not to discuss."


class Admission(Value):
    """Whether a message may be answered; ``rule_id`` names the rule that refused it."""

    admitted: bool
    rule_id: str | None = None
    reason: str | None = None


def admit(message: str, denied: DenyList) -> Admission:
    """Refuse a message that holds something that is denied, in any spelling."""
    rule_id = denied.first_match(message)
    if rule_id is None:
        return Admission(admitted=True)
    return Admission(
        admitted=False,
        rule_id=rule_id,
        reason="This question touches a topic that this assistant has been told not to discuss.",
    )
