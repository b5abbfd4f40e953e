"""May this be asked at all? The one answer for questions and for searches."""

from collections import OrderedDict
from typing import Final

from domain.base import Value
from domain.guardrails import injection
from domain.policy import admission as policy
from domain.policy.admission import Admission
from domain.policy.deny_list import DenyList, Pattern
from domain.policy.in_force import PinnedPolicy, PolicyInForce

_MAX_DENY_LISTS: Final = 256


class DeniedTopics(Value):
    """What a policy forbids. ``digest`` is the policy's; the empty one forbids nothing."""

    digest: str = ""
    patterns: tuple[Pattern, ...] = ()


class Admissions:
    """Deny lists are folded once for each policy: five hundred patterns cost more than everything else that is decided
    of a question."""

    def __init__(self) -> None:
        self._deny_lists: OrderedDict[str, DenyList] = OrderedDict()

    def admit(self, message: str, in_force: PolicyInForce) -> Admission:
        """Deny patterns first: what a policy forbids by name is refused by that name."""
        admission = policy.admit(message, self.deny_list(in_force))
        suspicion = injection.screen_message(message) if admission.admitted else None
        if suspicion is None:
            return admission
        return Admission(admitted=False, rule_id=suspicion.rule_id, reason=injection.DENIAL)

    def deny_list(self, in_force: PolicyInForce) -> DenyList:
        return self.folded(DeniedTopics(digest=in_force.digest, patterns=in_force.patterns))

    def deny_list_of(self, pinned: PinnedPolicy) -> DenyList:
        """Of the policy by which a message was admitted just now, in this process. Raises KeyError for any other."""
        return self._deny_lists[pinned.digest]

    def topics_of(self, pinned: PinnedPolicy) -> DeniedTopics:
        """The same unfolded."""
        return DeniedTopics(digest=pinned.digest, patterns=self.deny_list_of(pinned).patterns)

    def folded(self, topics: DeniedTopics) -> DenyList:
        found = self._deny_lists.pop(topics.digest, None) or DenyList(topics.patterns)
        self._deny_lists[topics.digest] = found
        if len(self._deny_lists) > _MAX_DENY_LISTS:
            self._deny_lists.popitem(last=False)
        return found
