"""Compose the answer from passages, without a model: verbatim steps, each with its citation."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from activities.envelopes import StepClock
from activities.search.passage_screening import Verdicts, broken_rules
from activities.turns.tool_execution import ToolExecution
from domain.answers import extractive
from domain.answers.answer import AnswerWarning, Citation, Intent, Outcome
from domain.answers.composition import (
    GREETING,
    HAND_OFF,
    Figure,
    access_summary,
    low_confidence_warning,
    no_tool_warning,
    refusal_sections,
    stats_section,
)
from domain.answers.extractive import HowTo, PassageExcerpt
from domain.audit.envelope import AuditKind, Envelope
from domain.base import Value, sha256_of
from domain.guardrails import injection
from domain.guardrails.tool_results import without_markup
from domain.policy.in_force import PinnedPolicy
from domain.questions.pronouns import Message
from domain.questions.search_warnings import suspicion_warnings
from domain.questions.topic import detail_of
from domain.search.retrieval import RetrievedPassage
from domain.text.stems import stem_set


class ComposeInput(Value):
    tenant_id: UUID
    question: str
    intents: tuple[Intent, ...]
    roles: tuple[str, ...]
    available_pack_ids: tuple[str, ...]
    available_tools: tuple[str, ...] = ()
    passages: tuple[RetrievedPassage, ...]
    confidence: float
    minimum_confidence: float
    refusal: str
    policy: PinnedPolicy = PinnedPolicy()
    askable_figures: tuple[str, ...] = ()
    """What the asker may ask tools for, in the words that choose them."""
    tools: tuple[ToolExecution, ...] = ()
    tool_warnings: tuple[AnswerWarning, ...] = ()
    """Of calls that were not made."""
    understood_as: str | None = None

    @property
    def quotable(self) -> tuple[RetrievedPassage, ...]:
        """The passages, if they are near enough to the question."""
        return self.passages if self.confidence >= self.minimum_confidence else ()


class Composition(Value):
    """A draft: what would be answered if the guard lets it pass."""

    outcome: Outcome
    text: str
    citations: tuple[Citation, ...]
    warnings: tuple[AnswerWarning, ...]
    envelopes: tuple[Envelope, ...]


def compose_answer(given: ComposeInput, texts: Mapping[UUID, str], verdicts: Verdicts) -> Composition:
    """Write every section that the intents ask for, or the bot's refusal when none can be supported.

    ``texts`` and ``verdicts`` are those of ``given.quotable``; nothing is taken from passages that give orders.
    """
    clock = StepClock()
    sections: list[str] = []
    citations: tuple[Citation, ...] = ()
    withheld = broken_rules(verdicts)
    if Intent.SMALL_TALK in given.intents:
        sections.append(GREETING)
    if Intent.HAND_OFF in given.intents:
        sections.append(HAND_OFF)
    if Intent.ACCESS in given.intents:
        sections.append(access_summary(given.roles, given.available_pack_ids, given.available_tools))
    if stats := stats_section(_figures(given.tools)):
        sections.append(stats)
    how_to, unspoken = _how_to(given, texts, withheld)
    if how_to is not None:
        if given.understood_as is not None:
            # Figures name what they are of; steps do not say what they are for.
            sections.insert(0, f"Understood as: “{without_markup(given.understood_as)}”")
        sections.append(how_to.markdown)
        cited = [given.passages[number - 1] for number in how_to.used]
        citations = tuple(_citation(number, passage) for number, passage in enumerate(cited, start=1))
    outcome = Outcome.ANSWERED if sections else Outcome.REFUSED
    text = "\n\n".join(
        sections or refusal_sections(given.refusal, given.intents, _untold(given), given.askable_figures)
    )
    return Composition(
        outcome=outcome,
        text=text,
        citations=citations,
        warnings=(*_warnings(given), *unspoken, *suspicion_warnings(withheld.values())),
        envelopes=(_envelope(clock, given, outcome, text, citations, withheld),),
    )


def _how_to(
    given: ComposeInput, texts: Mapping[UUID, str], withheld: Mapping[UUID, str]
) -> tuple[HowTo | None, tuple[AnswerWarning, ...]]:
    if not given.quotable:
        return None, ()
    excerpts = [
        PassageExcerpt(
            number=number,
            text=texts[passage.passage_id],
            span_start=passage.span_start - passage.start,
            span_end=passage.span_end - passage.start,
            score=passage.scores.fused,
            title=passage.title,
            section_heading=passage.section_heading,
            similarity=passage.scores.dense,
        )
        for number, passage in enumerate(given.passages, start=1)
        if passage.passage_id in texts and passage.passage_id not in withheld
    ]
    how_to = extractive.compose_how_to(given.question, excerpts)
    used = [excerpt.text for excerpt in excerpts if how_to is not None and excerpt.number in how_to.used]
    return how_to, _unspoken(given.understood_as, used)


def _figures(tools: Sequence[ToolExecution]) -> list[Figure]:
    return [
        Figure(
            tool=one.call.tool,
            timeframe=one.call.timeframe,
            is_default_time="timeframe" in one.call.defaulted,
            named={name: value for name, value in one.call.arguments.items() if name not in one.call.defaulted},
            rendered=one.result.rendered,
        )
        for one in tools
        if one.result is not None
    ]


def _untold(given: ComposeInput) -> list[AnswerWarning]:
    """Of calls that were not made, or brought nothing or not everything."""
    return [*given.tool_warnings, *(one.warning for one in given.tools if one.warning is not None)]


def _unspoken(understood_as: str | None, used: Sequence[str]) -> tuple[AnswerWarning, ...]:
    """What a follow-up adds is a small part of its question, which an answer without it would still seem to fit."""
    detail = detail_of(understood_as or "")
    # Some write e-mail, and some email.
    words = stem_set(detail.replace("-", ""))
    is_named = any(words & stem_set(text.replace("-", "")) for text in used)
    if is_named or not used or not words or Message.of(detail).asks_for_more:
        return ()
    message = f"The passages behind this answer do not name “{without_markup(detail)}”: it may not hold for that."
    return (AnswerWarning(code="detail_not_found", message=message),)


def _warnings(given: ComposeInput) -> tuple[AnswerWarning, ...]:
    warnings = _untold(given)
    if Intent.STATS in given.intents and not given.tools and not given.tool_warnings:
        warnings.append(no_tool_warning(given.askable_figures))
    if given.passages and given.confidence < given.minimum_confidence:
        warnings.append(low_confidence_warning())
    return tuple(warnings)


def _citation(number: int, passage: RetrievedPassage) -> Citation:
    return Citation(
        number=number,
        passage_id=passage.passage_id,
        document_id=passage.document_id,
        version_id=passage.version_id,
        title=passage.title,
        url=passage.url,
        source=passage.source,
        section_heading=passage.section_heading,
        page=passage.page,
        score=round(passage.scores.fused, 4),
        start=passage.start,
        end=passage.end,
    )


def _envelope(
    clock: StepClock,
    given: ComposeInput,
    outcome: Outcome,
    text: str,
    citations: tuple[Citation, ...],
    withheld: Mapping[UUID, str],
) -> Envelope:
    return clock.seal(
        AuditKind.ANSWER_COMPOSED,
        given={
            "intents": list(given.intents),
            "passages": len(given.passages),
            "confidence": given.confidence,
            "minimum_confidence": given.minimum_confidence,
        },
        decided={
            "refused": outcome is Outcome.REFUSED,
            "answer_sha256": sha256_of(text),
            "cited_passages": [str(citation.passage_id) for citation in citations],
            "suspicious": {str(passage_id): rule_id for passage_id, rule_id in withheld.items()},
        },
        versions={"composer": extractive.VERSION, "injection": injection.VERSION, **given.policy.versions},
    )
