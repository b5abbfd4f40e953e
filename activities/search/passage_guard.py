"""What of the passages that a search found may be shown: the policy in force decides, as it does of answers."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from activities.admission import Admissions
from activities.search.passage_cache import PassageTextCache
from activities.search.passage_screening import PassageScreen
from domain.base import sha256_of
from domain.guardrails.hidden_text import HiddenSpan, hidden_spans
from domain.guardrails.ports import PiiDetector
from domain.guardrails.redaction import redact
from domain.guardrails.reviews import Reviewed
from domain.policy.deny_list import DenyList
from domain.policy.in_force import PinnedPolicy, PolicyInForce
from domain.policy.redaction_profile import RedactionProfile
from domain.search.retrieval import RetrievedPassage
from domain.text.canonical import canonical

_MAX_REVIEWED: Final = 4_096
_SHOWN: Final = ("title", "section_heading", "source", "url")


class _Verdict(NamedTuple):
    """None: nothing is denied in it."""

    rule_id: str | None


class _Content(NamedTuple):
    """All that is shown of a passage."""

    fields: Mapping[str, str]
    text: str

    @property
    def sha256(self) -> str:
        return sha256_of(canonical([dict(self.fields), self.text]))

    def denied_by(self, denied: DenyList) -> str | None:
        """The rule of what is denied in any of it, each looked at by itself."""
        return denied.first_match_in((*self.fields.values(), self.text))


def _content_of(passage: RetrievedPassage, text: str) -> _Content:
    return _Content({name: value for name in _SHOWN if (value := getattr(passage, name))}, text)


class DeniedPassages:
    """Passages that a turn neither quotes nor names, for they hold what its policy denies."""

    def __init__(self, texts: PassageTextCache, admissions: Admissions) -> None:
        self._texts = texts
        self._admissions = admissions
        self._known: OrderedDict[tuple[str, str], _Verdict] = OrderedDict()

    async def among(
        self, tenant_id: UUID, passages: Sequence[RetrievedPassage], pinned: PinnedPolicy
    ) -> dict[UUID, str]:
        """The rule of each. The turn was admitted by ``pinned`` in this process."""
        denied = self._admissions.deny_list_of(pinned)
        texts = await self._texts.texts(tenant_id, passages)
        contents = {one.passage_id: _content_of(one, texts.get(one.passage_id, "")) for one in passages}
        rules = await asyncio.to_thread(
            lambda: {name: self._rule(pinned.digest, content, denied) for name, content in contents.items()}
        )
        return {passage_id: rule_id for passage_id, rule_id in rules.items() if rule_id is not None}

    def _rule(self, digest: str, content: _Content, denied: DenyList) -> str | None:
        key = (digest, content.sha256)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Verdict(content.denied_by(denied))
            if len(self._known) > _MAX_REVIEWED:
                self._known.popitem(last=False)
        return known.rule_id


class Review(NamedTuple):
    """What is found in one passage. ``fields`` are those beside the text that show otherwise; ``hidden`` are places in
    the text. ``denied`` is the rule of a topic that the passage is about."""

    denied: str | None
    fields: Mapping[str, str | None]
    hidden: tuple[HiddenSpan, ...]
    redactions: Mapping[str, int]


class PassageGuard:
    """Implements PassageReviewer. Reviews each passage once for each policy: it costs milliseconds, and passages do not
    change."""

    def __init__(self, screen: PassageScreen, admissions: Admissions, detector: PiiDetector | None = None) -> None:
        self._screen = screen
        self._admissions = admissions
        self._detector = detector
        self._known: OrderedDict[tuple[str, str], Review] = OrderedDict()

    @property
    def version(self) -> str:
        """Of the detector."""
        return self._detector.version if self._detector else "none"

    async def review(
        self, passages: Sequence[RetrievedPassage], texts: Mapping[UUID, str], in_force: PolicyInForce
    ) -> Reviewed:
        """Not on the event loop: fifty passages take a tenth of a second, in which others wait for their answers."""
        # Looked up here: the lists are those of the loop.
        denied = self._admissions.deny_list(in_force)
        return await asyncio.to_thread(self._reviewed, passages, texts, in_force.pin(), denied)

    def _reviewed(
        self, passages: Sequence[RetrievedPassage], texts: Mapping[UUID, str], pinned: PinnedPolicy, denied: DenyList
    ) -> Reviewed:
        found = [(one, self._review(one, texts.get(one.passage_id, ""), pinned, denied)) for one in passages]
        kept = [(one, review) for one, review in found if review.denied is None]
        redactions: Counter[str] = Counter()
        for _, review in kept:
            redactions.update(review.redactions)
        return Reviewed(
            passages=tuple(one.model_copy(update=dict(review.fields)) for one, review in kept),
            denied={one.passage_id: review.denied for one, review in found if review.denied is not None},
            suspicious=self._screen.suspicious([one for one, _ in kept], texts, pinned.screening),
            hidden={one.passage_id: review.hidden for one, review in kept if review.hidden},
            redactions=dict(redactions),
        )

    def _review(self, passage: RetrievedPassage, text: str, pinned: PinnedPolicy, denied: DenyList) -> Review:
        content = _content_of(passage, text)
        key = (pinned.digest, content.sha256)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._fresh_review(content, pinned.redaction, denied)
            if len(self._known) > _MAX_REVIEWED:
                self._known.popitem(last=False)
        return known

    def _fresh_review(self, content: _Content, profile: RedactionProfile, denied: DenyList) -> Review:
        denied_by = content.denied_by(denied)
        if denied_by is not None:
            return Review(denied_by, {}, (), {})
        spans = hidden_spans(content.text, profile, self._detector)
        shown, counts = self._shown(content.fields, profile)
        counts.update(span.kind for span in spans)
        return Review(None, shown, spans, counts)

    def _shown(
        self, fields: Mapping[str, str], profile: RedactionProfile
    ) -> tuple[dict[str, str | None], Counter[str]]:
        shown: dict[str, str | None] = {}
        counts: Counter[str] = Counter()
        for name, value in fields.items():
            redacted = redact(value, profile, self._detector)
            if redacted.counts:
                counts.update(redacted.counts)
                # Half an address leads nowhere.
                shown[name] = None if name == "url" else redacted.text
        return shown, counts
