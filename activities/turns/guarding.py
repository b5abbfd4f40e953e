"""Guard the answer: nothing leaves before it went through here."""

from collections.abc import Iterator
from datetime import datetime

from activities.admission import Admissions, DeniedTopics
from activities.envelopes import StepClock, milliseconds_since
from domain.answers.answer import (
    DENIED_TEXT,
    ActionTaken,
    Answer,
    AnswerMeta,
    AnswerWarning,
    Citation,
    Intent,
    Outcome,
    RetrievalMeta,
    denied_warning,
)
from domain.answers.markup import inert, inert_label, safe_url, without_controls
from domain.audit.envelope import AuditKind, Envelope
from domain.base import Value, sha256_of
from domain.guardrails import redaction
from domain.guardrails.ports import PiiDetector
from domain.policy.admission import DENIED_ANSWER
from domain.policy.in_force import PinnedPolicy
from domain.policy.redaction_profile import RedactionProfile


class GuardInput(Value):
    """A draft and what its ``meta`` is made of."""

    trace_id: str
    received_at: datetime
    outcome: Outcome = Outcome.REFUSED
    text: str = ""
    own_words: str = ""
    """Of a refusal, what the bot was given to say: it may name what the bot does not talk of."""
    confidence: float | None = None
    citations: tuple[Citation, ...] = ()
    warnings: tuple[AnswerWarning, ...]
    intents: tuple[Intent, ...]
    packs_used: tuple[str, ...]
    retrieval: RetrievalMeta | None
    actions: tuple[ActionTaken, ...] = ()
    policy: PinnedPolicy = PinnedPolicy()
    understood_as: str | None = None
    denied: DeniedTopics = DeniedTopics()
    """What the answer is searched for."""


class GuardedAnswer(Value):
    answer: Answer
    envelopes: tuple[Envelope, ...]


class AnswerGuard:
    def __init__(self, detector: PiiDetector | None = None, admissions: Admissions | None = None) -> None:
        self._detector = detector
        self._admissions = admissions or Admissions()

    def guard_answer(self, given: GuardInput) -> GuardedAnswer:
        """Redact the draft, take the life out of its markup, withhold it if it tells of a denied topic, and seal it as
        the answer of the turn."""
        clock = StepClock()
        profile = given.policy.redaction
        redacted = self._redact(without_controls(given.text), profile)
        citations = tuple(self._shown_citation(citation, profile) for citation in given.citations)
        answer = self._answer(given, redacted, citations)
        denied_by = self._denied_by(given, answer)
        if denied_by is not None:
            answer = _withheld(answer, denied_by)
        envelope = clock.seal(
            AuditKind.OUTPUT_GUARDED,
            given={"answer_sha256": sha256_of(given.text)},
            decided={
                "answer_sha256": sha256_of(answer.text),
                "redactions": dict(redacted.counts),
                "profile": profile.model_dump(mode="json"),
                "rules": [rule_id for rule_id in given.policy.rule_ids if rule_id.endswith("/redaction")],
                "denied_by": denied_by,
            },
            versions={
                "redaction": redaction.VERSION,
                "detector": self._detector.version if self._detector else "none",
                **given.policy.versions,
            },
        )
        return GuardedAnswer(answer=answer, envelopes=(envelope,))

    def _answer(self, given: GuardInput, redacted: redaction.Redaction, citations: tuple[Citation, ...]) -> Answer:
        latency_ms = milliseconds_since(given.received_at)
        understood_as = self._label(given.understood_as, given.policy.redaction) if given.understood_as else None
        return Answer(
            outcome=given.outcome,
            text=inert(redacted.text),
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
                understood_as=understood_as,
                confidence=given.confidence,
            ),
        )

    def _denied_by(self, given: GuardInput, answer: Answer) -> str | None:
        """The rule that what would be shown breaks, apart from the bot's own words."""
        text = answer.text.replace(inert(given.own_words), "", 1) if given.own_words else answer.text
        return self._admissions.folded(given.denied).first_match_in((text, *_shown_labels(answer)))

    def _redact(self, text: str, profile: RedactionProfile) -> redaction.Redaction:
        return redaction.redact(text, profile, self._detector)

    def _label(self, text: str, profile: RedactionProfile) -> str:
        return inert_label(self._redact(without_controls(text), profile).text)

    def _shown_citation(self, citation: Citation, profile: RedactionProfile) -> Citation:
        return citation.model_copy(
            update={
                "title": self._label(citation.title, profile),
                "section_heading": self._label(citation.section_heading, profile),
                "source": self._label(citation.source, profile),
                "quote": inert(self._redact(without_controls(citation.quote), profile).text)
                if citation.quote
                else None,
                # Half an address leads nowhere.
                "url": safe_url(citation.url)
                if citation.url and not self._redact(citation.url, profile).counts
                else None,
            }
        )


def _shown_labels(answer: Answer) -> Iterator[str]:
    for citation in answer.citations:
        yield from (citation.title, citation.section_heading, citation.source, citation.url or "", citation.quote or "")


def _withheld(answer: Answer, rule_id: str) -> Answer:
    return answer.model_copy(
        update={
            "outcome": Outcome.DENIED,
            "text": DENIED_TEXT,
            "citations": (),
            "warnings": (denied_warning(DENIED_ANSWER, rule_id),),
        }
    )


def _warnings(
    given: GuardInput, redacted: redaction.Redaction, citations: tuple[Citation, ...]
) -> tuple[AnswerWarning, ...]:
    hidden = [f"parts of the answer ({', '.join(sorted(redacted.counts))})"] if redacted.counts else []
    if any(_hides_more(shown, cited) for shown, cited in zip(citations, given.citations, strict=True)):
        hidden.append("parts of a citation")
    if not hidden:
        return given.warnings
    return (*given.warnings, AnswerWarning(code="redacted", message=f"Hidden: {' and '.join(hidden)}."))


def _hides_more(shown: Citation, cited: Citation) -> bool:
    """Whether something is hidden of it, and not only written in another way."""
    plain = (cited.title, cited.section_heading, cited.source)
    return (shown.title, shown.section_heading, shown.source) != tuple(map(inert_label, plain)) or (
        shown.url != safe_url(cited.url)
    )
