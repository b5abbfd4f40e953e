"""The part of an answer that comes from documents: its sections, its citations, and what it could not say."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from activities.turns.drafts import ComposeInput
from domain.answers import composer
from domain.answers.answer import AnswerWarning, Citation
from domain.answers.composer import Composed
from domain.answers.composition import low_confidence_warning, partly_answered_warning, unanswered_section
from domain.answers.evidence import PassageExcerpt, SpanCosine
from domain.answers.items import without_item
from domain.answers.rendering import Used
from domain.answers.vocabulary import Spelling
from domain.guardrails.tool_results import without_markup
from domain.questions.pronouns import Message
from domain.questions.topic import detail_of
from domain.search.retrieval import RetrievedPassage
from domain.text.stems import stem_set

_MAX_WORD: Final = 40
_MAX_DIGITS: Final = 5


def from_documents(
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


def document_sections(given: ComposeInput, composed: Composed | None) -> list[str]:
    if composed is None or not composed.answered:
        return []
    sections = [composed.markdown]
    if given.understood_as is not None:
        # Figures name what they are of; an answer from documents does not say what it is about.
        sections.insert(0, f"Understood as: “{without_markup(given.understood_as)}”")
    if composed.unanswered:
        sections.append(unanswered_section([without_markup(one.question) for one in composed.unanswered]))
    return sections


def citations_of(given: ComposeInput, composed: Composed | None) -> tuple[Citation, ...]:
    used = composed.used if composed is not None else ()
    return tuple(_citation(number, given.passages[one.number - 1], one) for number, one in enumerate(used, start=1))


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


def document_warnings(given: ComposeInput, composed: Composed | None, used: Sequence[str]) -> tuple[AnswerWarning, ...]:
    if composed is None:
        return ()
    if not composed.answered:
        missing = (word for part in composed.unanswered for word in part.missing if _may_be_named(word))
        return (low_confidence_warning(list(dict.fromkeys(missing))),)
    partly = (partly_answered_warning(),) if composed.unanswered else ()
    return (*_unspoken(given.understood_as, used), *partly)


def _unspoken(understood_as: str | None, used: Sequence[str]) -> tuple[AnswerWarning, ...]:
    """What a follow-up adds is a small part of its question, which an answer without it would still seem to fit."""
    detail = detail_of(without_item(understood_as or "")[0])
    # Some write e-mail, and some email.
    words = stem_set(detail.replace("-", ""))
    is_named = any(words & stem_set(text.replace("-", "")) for text in used)
    if is_named or not used or not words or Message.of(detail).asks_for_more:
        return ()
    message = f"The passages behind this answer do not name “{without_markup(detail)}”: it may not hold for that."
    return (AnswerWarning(code="detail_not_found", message=message),)


def _may_be_named(word: str) -> bool:
    """Whether it is a word or a code, and not a number of somebody's."""
    return len(word) <= _MAX_WORD and sum(map(str.isdigit, word)) <= _MAX_DIGITS
