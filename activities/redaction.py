"""Guard the answer: nothing leaves before it went through here."""

from datetime import datetime

from activities.envelopes import StepClock, milliseconds_since
from domain import redaction
from domain.answer import ActionTaken, Answer, AnswerMeta, AnswerWarning, Citation, Intent, Outcome, RetrievalMeta
from domain.audit import AuditKind, Envelope
from domain.base import Value, sha256_of
from domain.policy_in_force import PinnedPolicy
from domain.redaction_ports import PiiDetector
from domain.redaction_profile import RedactionProfile


class GuardInput(Value):
    """A draft and what its ``meta`` is made of."""

    trace_id: str
    received_at: datetime
    outcome: Outcome
    text: str
    citations: tuple[Citation, ...]
    warnings: tuple[AnswerWarning, ...]
    intents: tuple[Intent, ...]
    packs_used: tuple[str, ...]
    retrieval: RetrievalMeta | None
    actions: tuple[ActionTaken, ...] = ()
    policy: PinnedPolicy = PinnedPolicy()
    understood_as: str | None = None


class GuardedAnswer(Value):
    answer: Answer
    envelopes: tuple[Envelope, ...]


class AnswerGuard:
    def __init__(self, detector: PiiDetector | None = None) -> None:
        self._detector = detector

    async def guard_answer(self, given: GuardInput) -> GuardedAnswer:
        """Redact the draft and seal it as the answer of the turn."""
        clock = StepClock()
        profile = given.policy.redaction
        redacted = self._redact(given.text, profile)
        citations = tuple(self._redacted_citation(citation, profile) for citation in given.citations)
        latency_ms = milliseconds_since(given.received_at)
        answer = Answer(
            outcome=given.outcome,
            text=redacted.text,
            citations=citations,
            actions=given.actions,
            warnings=_warnings(given, redacted, citations),
            meta=AnswerMeta(
                trace_id=given.trace_id,
                intent=given.intents[0],
                intents=given.intents,
                packs_used=given.packs_used,
                latency_ms=round(max(0.0, latency_ms), 1),
                retrieval=given.retrieval,
                tool_calls=given.actions,
                understood_as=self._redact(given.understood_as, profile).text if given.understood_as else None,
            ),
        )
        envelope = clock.seal(
            AuditKind.OUTPUT_GUARDED,
            given={"answer_sha256": sha256_of(given.text)},
            decided={
                "answer_sha256": sha256_of(redacted.text),
                "redactions": dict(redacted.counts),
                "profile": profile.model_dump(mode="json"),
                "rules": [rule_id for rule_id in given.policy.rule_ids if rule_id.endswith("/redaction")],
            },
            versions={
                "redaction": redaction.VERSION,
                "detector": self._detector.version if self._detector else "none",
                **given.policy.versions,
            },
        )
        return GuardedAnswer(answer=answer, envelopes=(envelope,))

    def _redact(self, text: str, profile: RedactionProfile) -> redaction.Redaction:
        return redaction.redact(text, profile, self._detector)

    def _redacted_citation(self, citation: Citation, profile: RedactionProfile) -> Citation:
        return citation.model_copy(
            update={
                "title": self._redact(citation.title, profile).text,
                "section_heading": self._redact(citation.section_heading, profile).text,
                "source": self._redact(citation.source, profile).text,
                # Half an address leads nowhere.
                "url": citation.url if citation.url and not self._redact(citation.url, profile).counts else None,
            }
        )


def _warnings(
    given: GuardInput, redacted: redaction.Redaction, citations: tuple[Citation, ...]
) -> tuple[AnswerWarning, ...]:
    hidden = [f"parts of the answer ({', '.join(sorted(redacted.counts))})"] if redacted.counts else []
    if citations != given.citations:
        hidden.append("parts of a citation")
    if not hidden:
        return given.warnings
    return (*given.warnings, AnswerWarning(code="redacted", message=f"Hidden: {' and '.join(hidden)}."))
