"""Compose the answer from passages, without a model: verbatim steps, each with its citation."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from activities.envelopes import StepClock
from activities.search.passage_screening import Verdicts, broken_rules
from activities.turns.tool_execution import ToolExecution
from domain.answers import composer
from domain.answers.answer import AnswerWarning, Citation, Intent, Outcome
from domain.answers.composer import Composed
from domain.answers.composition import (
    HAND_OFF,
    Figure,
    access_summary,
    documents_section,
    low_confidence_warning,
    near_titles,
    no_tool_warning,
    partly_answered_warning,
    refusal_sections,
    stats_section,
    unanswered_section,
)
from domain.answers.evidence import PassageExcerpt, SpanCosine
from domain.answers.phrases import Phrases, phrases_for
from domain.answers.rendering import Used
from domain.answers.vocabulary import Spelling
from domain.audit.envelope import AuditKind, Envelope
from domain.base import Value, sha256_of
from domain.bots.bot import DEFAULT_REFUSAL
from domain.guardrails import injection
from domain.guardrails.tool_results import without_markup
from domain.identity.principal import Reader
from domain.policy.in_force import PinnedPolicy
from domain.questions.about_itself import About, about_itself
from domain.questions.pronouns import Message
from domain.questions.search_warnings import suspicion_warnings
from domain.questions.topic import detail_of
from domain.search.retrieval import RetrievedPassage
from domain.text.stems import stem_set
from domain.text.stop_words import language_of

_NEAR: Final = 0.3
"""The cosine from which on a page is worth offering to somebody whose question it does not answer."""


_MAX_WORD: Final = 40
_MAX_DIGITS: Final = 5


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
    reader: Reader | None = None
    dataset_ids: tuple[UUID, ...] = ()
    titles: tuple[str, ...] = ()
    """Of the documents in the datasets that the reader may see; filled in for who asks for them."""

    @property
    def phrases(self) -> Phrases:
        """In the language of the question."""
        return phrases_for(language_of(self.question))

    @property
    def own_refusal(self) -> str:
        """The bot's; the one that every bot begins with is said in the language of the question."""
        return self.phrases.not_found if self.refusal == DEFAULT_REFUSAL else self.refusal


class Composition(Value):
    """A draft: what would be answered if the guard lets it pass.

    ``confidence`` of the part that comes from documents, in [0, 1]; None where none was asked for. ``own_words``: of
    the text, what the bot was given to say.
    """

    outcome: Outcome
    text: str
    confidence: float | None = None
    own_words: str = ""
    citations: tuple[Citation, ...]
    warnings: tuple[AnswerWarning, ...]
    envelopes: tuple[Envelope, ...]


def compose_answer(
    given: ComposeInput, texts: Mapping[UUID, str], verdicts: Verdicts, spelling: Spelling | None = None
) -> Composition:
    """Write every section that the intents ask for, or the bot's refusal when none can be supported.

    ``texts`` and ``verdicts`` are those of the passages; nothing is taken from passages that give orders.
    """
    clock = StepClock()
    withheld = broken_rules(verdicts)
    composed = _from_documents(given, texts, withheld, spelling)
    sections = [*_own_sections(given), *_document_sections(given, composed)]
    outcome = Outcome.ANSWERED if sections else Outcome.REFUSED
    text = "\n\n".join(sections or _refusal(given, withheld))
    citations = _citations(given, composed)
    return Composition(
        outcome=outcome,
        text=text,
        confidence=composed.confidence if composed is not None else None,
        own_words=given.own_refusal if outcome is Outcome.REFUSED else "",
        citations=citations,
        warnings=(
            *_warnings(given),
            *_document_warnings(given, composed, [texts[one.passage_id] for one in citations]),
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


def _document_sections(given: ComposeInput, composed: Composed | None) -> list[str]:
    if composed is None or not composed.answered:
        return []
    sections = [composed.markdown]
    if given.understood_as is not None:
        # Figures name what they are of; an answer from documents does not say what it is about.
        sections.insert(0, f"Understood as: “{without_markup(given.understood_as)}”")
    if composed.unanswered:
        sections.append(unanswered_section([without_markup(one.question) for one in composed.unanswered]))
    return sections


def _refusal(given: ComposeInput, withheld: Mapping[UUID, str]) -> list[str]:
    """With the titles of pages that are about something like it: what could be asked instead."""
    near = (one for one in given.passages if any(span.cosine >= _NEAR for span in one.likenesses))
    titles = [without_markup(one.title) for one in near if one.passage_id not in withheld]
    sections = refusal_sections(given.own_refusal, given.intents, _untold(given), given.askable_figures)
    return [*sections, *filter(None, [near_titles(titles, given.phrases)])]


def _may_be_named(word: str) -> bool:
    """Whether it is a word or a code, and not a number of somebody's."""
    return len(word) <= _MAX_WORD and sum(map(str.isdigit, word)) <= _MAX_DIGITS


def _citations(given: ComposeInput, composed: Composed | None) -> tuple[Citation, ...]:
    used = composed.used if composed is not None else ()
    return tuple(_citation(number, given.passages[one.number - 1], one) for number, one in enumerate(used, start=1))


def _document_warnings(
    given: ComposeInput, composed: Composed | None, used: Sequence[str]
) -> tuple[AnswerWarning, ...]:
    if composed is None:
        return ()
    if not composed.answered:
        missing = (word for part in composed.unanswered for word in part.missing if _may_be_named(word))
        return (low_confidence_warning(list(dict.fromkeys(missing))),)
    partly = (partly_answered_warning(),) if composed.unanswered else ()
    return (*_unspoken(given.understood_as, used), *partly)


def _from_documents(
    given: ComposeInput, texts: Mapping[UUID, str], withheld: Mapping[UUID, str], spelling: Spelling | None
) -> Composed | None:
    """None where no passage may be quoted."""
    excerpts = [
        PassageExcerpt(
            number=number,
            text=texts[passage.passage_id],
            title=passage.title,
            section_heading=passage.section_heading,
            cosines=tuple(
                SpanCosine(one.start - passage.start, one.end - passage.start, one.cosine) for one in passage.likenesses
            ),
        )
        for number, passage in enumerate(given.passages, start=1)
        if passage.passage_id in texts and passage.passage_id not in withheld
    ]
    return composer.compose(given.question, excerpts, given.minimum_confidence, spelling) if excerpts else None


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


def _warnings(given: ComposeInput) -> list[AnswerWarning]:
    warnings = _untold(given)
    if Intent.STATS in given.intents and not given.tools and not given.tool_warnings:
        warnings.append(no_tool_warning(given.askable_figures))
    return warnings


def _citation(number: int, passage: RetrievedPassage, used: Used) -> Citation:
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
        quote=used.text,
        quote_start=used.start,
        quote_end=used.end,
    )


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
