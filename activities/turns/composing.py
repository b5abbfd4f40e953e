"""Compose the answer from passages, without a model: verbatim steps, each with its citation."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from activities.envelopes import StepClock
from activities.search.passage_screening import Verdicts, broken_rules
from activities.turns.document_answers import citations_of, document_sections, document_warnings, from_documents
from activities.turns.drafts import ComposeInput, Composition
from activities.turns.tool_execution import ToolExecution
from domain.answers import composer
from domain.answers.answer import AnswerWarning, Citation, Intent, Outcome
from domain.answers.composer import Composed
from domain.answers.composition import (
    HAND_OFF,
    Figure,
    access_summary,
    documents_section,
    near_titles,
    no_tool_warning,
    refusal_sections,
    stats_section,
)
from domain.answers.phrases import Phrases
from domain.answers.vocabulary import Spelling
from domain.audit.envelope import AuditKind, Envelope
from domain.base import sha256_of
from domain.guardrails import injection
from domain.guardrails.tool_results import without_markup
from domain.questions.about_itself import About, about_itself
from domain.questions.search_warnings import suspicion_warnings

_NEAR: Final = 0.3
"""The cosine from which on a page is worth offering to somebody whose question it does not answer."""


def compose_answer(
    given: ComposeInput, texts: Mapping[UUID, str], verdicts: Verdicts, spelling: Spelling | None = None
) -> Composition:
    """Write every section that the intents ask for, or the bot's refusal when none can be supported.

    ``texts`` and ``verdicts`` are those of the passages; nothing is taken from passages that give orders.
    """
    clock = StepClock()
    withheld = broken_rules(verdicts)
    composed = from_documents(given, texts, withheld, spelling)
    sections = [*_own_sections(given), *document_sections(given, composed)]
    outcome = Outcome.ANSWERED if sections else Outcome.REFUSED
    text = "\n\n".join(sections or _refusal(given, withheld))
    citations = citations_of(given, composed)
    return Composition(
        outcome=outcome,
        text=text,
        confidence=composed.confidence if composed is not None else None,
        own_words=given.own_refusal if outcome is Outcome.REFUSED else "",
        citations=citations,
        warnings=(
            *_warnings(given),
            *document_warnings(given, composed, [texts[one.passage_id] for one in citations]),
            *suspicion_warnings(withheld.values()),
        ),
        envelopes=(_envelope(clock, given, outcome, text, citations, withheld, composed),),
    )


def _own_sections(given: ComposeInput) -> list[str]:
    """What is said without documents."""
    sections = []
    itself = about_itself(given.question)
    if Intent.SMALL_TALK in given.intents:
        sections.append(_small_talk(itself, given.phrases))
    if Intent.HAND_OFF in given.intents:
        sections.append(HAND_OFF)
    if Intent.ACCESS in given.intents and itself is About.DOCUMENTS:
        sections.append(documents_section([without_markup(title) for title in given.titles], given.phrases))
    elif Intent.ACCESS in given.intents:
        sections.append(access_summary(given.roles, given.available_pack_ids, given.available_tools))
    if stats := stats_section(_figures(given.tools)):
        sections.append(stats)
    return sections


def _small_talk(itself: About | None, phrases: Phrases) -> str:
    if itself is About.THANKS:
        return phrases.thanks
    return phrases.abilities if itself is About.ABILITIES else phrases.greeting


def _refusal(given: ComposeInput, withheld: Mapping[UUID, str]) -> list[str]:
    """With the titles of pages that are about something like it: what could be asked instead."""
    near = (one for one in given.passages if any(span.cosine >= _NEAR for span in one.likenesses))
    titles = [without_markup(one.title) for one in near if one.passage_id not in withheld]
    sections = refusal_sections(given.own_refusal, given.intents, _untold(given), given.askable_figures)
    return [*sections, *filter(None, [near_titles(titles, given.phrases)])]


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


def _warnings(given: ComposeInput) -> list[AnswerWarning]:
    warnings = _untold(given)
    if Intent.STATS in given.intents and not given.tools and not given.tool_warnings:
        warnings.append(no_tool_warning(given.askable_figures))
    return warnings


def _envelope(
    clock: StepClock,
    given: ComposeInput,
    outcome: Outcome,
    text: str,
    citations: tuple[Citation, ...],
    withheld: Mapping[UUID, str],
    composed: Composed | None,
) -> Envelope:
    return clock.seal(
        AuditKind.ANSWER_COMPOSED,
        given={
            "intents": list(given.intents),
            "passages": len(given.passages),
            "retrieval_confidence": given.confidence,
            "minimum_confidence": given.minimum_confidence,
        },
        decided={
            "refused": outcome is Outcome.REFUSED,
            "confidence": composed.confidence if composed is not None else None,
            "answer_sha256": sha256_of(text),
            "cited_passages": [str(citation.passage_id) for citation in citations],
            "suspicious": {str(passage_id): rule_id for passage_id, rule_id in withheld.items()},
        },
        versions={"composer": composer.VERSION, "injection": injection.VERSION, **given.policy.versions},
    )
