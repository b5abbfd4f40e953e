"""Compose the answer from passages, without a model: verbatim steps, each with its citation."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from activities.envelopes import StepClock
from activities.search.passage_screening import Verdicts, broken_rules
from activities.turns.tool_execution import ToolExecution
from domain.answers import extractive
from domain.answers.answer import AnswerWarning, Citation, Intent, Outcome
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
from domain.text.canonical import listed
from domain.text.stems import stem_set

GREETING: Final = "Hello! Ask me a question, and I will answer from the documents that I may use."
HAND_OFF: Final = "I cannot hand this conversation over to a person here. Please contact your administrator."


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
    if stats := stats_section(given.tools):
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
    text = "\n\n".join(sections or _refusal(given))
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


def access_summary(roles: tuple[str, ...], pack_ids: tuple[str, ...], tools: tuple[str, ...]) -> str:
    """The section that tells a principal what it may use."""
    return "\n".join(
        (
            "### Access summary",
            f"- Roles: {listed(roles)}",
            f"- Packs: {listed(pack_ids)}",
            f"- Tools: {listed(tools)}",
        )
    )


def stats_section(tools: tuple[ToolExecution, ...]) -> str | None:
    """The figures, each with its tool and the time that it spans; None when no tool brought any."""
    figures = []
    for one in tools:
        if one.result is None:
            continue
        assumed = " (by default)" if "timeframe" in one.call.defaulted else ""
        span = f", {one.call.timeframe}{assumed}" if one.call.timeframe else ""
        named = {name: value for name, value in one.call.arguments.items() if name not in one.call.defaulted}
        where = [f"{name} {value}" for name, value in named.items() if name not in ("since", "until")]
        figures.append(
            "\n".join((f"**{one.call.tool}**{span}{''.join(f', {each}' for each in where)}", "", one.result.rendered))
        )
    return "\n\n".join(("### Stats", *figures)) if figures else None


def _refusal(given: ComposeInput) -> list[str]:
    """The bot's own words; of figures, why there is none and which there are."""
    if Intent.STATS not in given.intents:
        return [given.refusal]
    untold = [*given.tool_warnings, *(one.warning for one in given.tools if one.warning is not None)]
    reasons = "\n".join(f"- {warning.message}" for warning in untold)
    is_about_figures_alone = bool(untold) and Intent.HOW_TO not in given.intents
    return [
        *(() if is_about_figures_alone else (given.refusal,)),
        *((f"### Stats\nNo figure was looked up:\n{reasons}",) if untold else ()),
        *((f"Figures that you can ask for: {', '.join(given.askable_figures)}.",) if given.askable_figures else ()),
    ]


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
    warnings = [*given.tool_warnings, *(one.warning for one in given.tools if one.warning is not None)]
    if Intent.STATS in given.intents and not given.tools and not given.tool_warnings:
        none = "No tool brings this figure." if given.askable_figures else "No tool for live figures is available."
        warnings.append(AnswerWarning(code="no_tool_available", message=none))
    if given.passages and given.confidence < given.minimum_confidence:
        warnings.append(
            AnswerWarning(code="low_confidence", message="The passages that were found are too far from the question.")
        )
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
