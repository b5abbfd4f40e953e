"""A passage that an answer or a search named, opened by its id."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query

from api.chat.traces import TRACE_PATTERN, trace_not_found
from api.edge.authentication import SECURITY, AuthenticatedRoute, Chatter, reading_as
from api.edge.errors import documented
from api.edge.readers import turn_as_seen
from api.edge.schema import EXAMPLE_ID, ResponseBody, example
from api.services import Services, ServicesDep
from domain.answers.answer import AnswerWarning, Citation
from domain.bots.bot import Bot
from domain.bots.errors import BotNotFoundError
from domain.bots.rights import allowed_packs, policy_of
from domain.conversations.turn import RecordedTurn
from domain.errors import NotFoundError
from domain.guardrails.hidden_text import HiddenSpan, shown_place, without
from domain.guardrails.injection import WITHHELD, screen_content
from domain.guardrails.reviews import Reviewed
from domain.identity.principal import Principal, Reader
from domain.knowledge.errors import PassageErasedError
from domain.policy.rules import Screening
from domain.questions.search_warnings import redaction_warnings, suspicion_warnings
from domain.search.stored import Currency, StoredPassage

router = APIRouter(route_class=AuthenticatedRoute, dependencies=SECURITY, tags=["knowledge"])

_QUOTE: Final = {"start": 26, "end": 60, "text": "Open Settings and choose API keys."}

Turn = Annotated[
    str | None,
    Query(pattern=TRACE_PATTERN, max_length=32, description="`trace_id` of a turn: marks what its answer quotes."),
]
BotId = Annotated[UUID | None, Query(description="By whose rules. Default: the turn's bot, or the default bot.")]


class QuotedBody(ResponseBody):
    """What an answer took from the passage: characters ``start`` to ``end`` of the ``text`` beside it."""

    model_config = example(**_QUOTE)

    start: int
    end: int
    text: str


class PassageBody(ResponseBody):
    """A passage as the bot may show it: ``text`` has ``[kind]`` in place of what is hidden, ``quotes`` are places in
    that. ``text`` is null when ``suspicious`` names a rule against texts that give orders.

    ``state``: `current`, `replaced` (there is a newer version) or `deleted` (the document answers no more).
    ``version`` counts the document's versions, ``submitted_at`` is when this one was handed in. ``start`` and ``end``
    are the passage's characters in the document's text, in which nothing is hidden."""

    model_config = example(
        passage_id=str(EXAMPLE_ID),
        document_id=str(EXAMPLE_ID),
        dataset_id=str(EXAMPLE_ID),
        pack_id="product_support",
        title="Rotate an API key",
        url=None,
        source="guides/rotate-an-api-key.md",
        section_heading="Rotate an API key > Steps",
        page=None,
        start=0,
        end=1840,
        version=2,
        submitted_at="2025-01-31T09:30:00Z",
        state="current",
        text="# Rotate an API key\n\n1. Open Settings and choose API keys.",
        quotes=[_QUOTE],
        suspicious=None,
        warnings=[],
    )

    passage_id: UUID
    document_id: UUID
    dataset_id: UUID
    pack_id: str
    title: str
    url: str | None
    source: str
    section_heading: str
    page: int | None
    start: int
    end: int
    version: int
    submitted_at: datetime
    state: Currency
    text: str | None
    quotes: tuple[QuotedBody, ...]
    suspicious: str | None
    warnings: tuple[AnswerWarning, ...]


_PLACE: Final = (
    *("passage_id", "document_id", "dataset_id", "pack_id", "title", "url", "source", "section_heading"),
    *("page", "start", "end"),
)


@router.get("/v1/passages/{passage_id}", responses=documented(404, 410), summary="Get a passage")
async def open_passage(
    passage_id: UUID, principal: Chatter, services: ServicesDep, turn: Turn = None, bot_id: BotId = None
) -> PassageBody:
    """What a citation or a search result names, also of an older version, as far as a search of the bot could show it
    to the key. 404 for every other; 410 for what the named turn cites and is kept no more."""
    quoting = await _turn(turn, principal, services) if turn is not None else None
    citations = [one for one in quoting.answer.citations if one.passage_id == passage_id] if quoting else []
    bot = await _bot(bot_id, quoting, principal, services)
    stored = await _stored(passage_id, principal, bot, services)
    if stored is None:
        raise await _missing(passage_id, principal, citations, services)
    policy = policy_of(bot)
    reviewed = await services.passage_guard.review((stored.passage,), {passage_id: stored.text}, policy)
    if not reviewed.passages:
        raise _not_found(passage_id)
    return _body(stored, reviewed, policy.pin().screening, citations)


async def _turn(trace_id: str, principal: Principal, services: Services) -> RecordedTurn:
    """As the principal sees it. Raises NotFoundError."""
    found = await services.turns.find(principal.tenant_id, trace_id, of_principal=reading_as(principal))
    if found is None:
        raise trace_not_found(trace_id)
    return await turn_as_seen(found, principal, services)


async def _bot(bot_id: UUID | None, turn: RecordedTurn | None, principal: Principal, services: Services) -> Bot:
    """Raises BotNotFoundError for one that is named; a turn's may be gone."""
    if bot_id is not None:
        return await services.bots.get(principal.tenant_id, bot_id)
    if turn is not None:
        try:
            return await services.bots.get(principal.tenant_id, turn.bot_id)
        except BotNotFoundError:
            pass
    return await services.bots.default(principal.tenant_id)


async def _stored(passage_id: UUID, principal: Principal, bot: Bot, services: Services) -> StoredPassage | None:
    services.packs.notice(bot.pack_ids)
    packs = allowed_packs(bot, services.packs.summaries(), principal.roles).allowed
    datasets = [dataset.dataset_id for dataset in bot.within(packs).datasets]
    # As in searches, who handed a document in sees no more of it than others: nobody's key is named "".
    reader = Reader.of(principal, packs).model_copy(update={"principal_id": ""})
    return await services.stored_passages.get(principal.tenant_id, passage_id, reader, datasets)


async def _missing(
    passage_id: UUID, principal: Principal, citations: Sequence[Citation], services: Services
) -> NotFoundError | PassageErasedError:
    """Whoever may read the citation knows that there was a passage, and may know that it is gone."""
    if citations and not await services.passage_texts.passage_texts(principal.tenant_id, [passage_id]):
        return PassageErasedError(
            "The answer rests on this passage, whose text was erased since. The citation still names its document.",
            passage_id=str(passage_id),
            document_id=str(citations[0].document_id),
        )
    return _not_found(passage_id)


def _not_found(passage_id: UUID) -> NotFoundError:
    return NotFoundError(
        "There is no such passage, or not for this key and bot. Check the passage_id.", passage_id=str(passage_id)
    )


def _body(
    stored: StoredPassage, reviewed: Reviewed, screening: Screening, citations: Sequence[Citation]
) -> PassageBody:
    (passage,) = reviewed.passages
    suspicious = reviewed.suspicious.get(passage.passage_id)
    hidden = reviewed.hidden.get(passage.passage_id, ())
    place = {name: getattr(passage, name) for name in _PLACE}
    if suspicious is not None:
        names = {name: place[name] for name in ("title", "section_heading")}
        place |= {name: WITHHELD for name, text in names.items() if screen_content(text, screening)}
    return PassageBody(
        **place,
        version=stored.version,
        submitted_at=stored.submitted_at,
        state=stored.currency,
        text=None if suspicious is not None else without(stored.text, hidden),
        quotes=() if suspicious is not None else tuple(_quotes(stored.text, hidden, citations)),
        suspicious=suspicious,
        warnings=(
            *suspicion_warnings(reviewed.suspicious.values()),
            *redaction_warnings(reviewed.redactions),
        ),
    )


def _quotes(text: str, hidden: Sequence[HiddenSpan], citations: Sequence[Citation]) -> Iterator[QuotedBody]:
    """Each in the text as it is shown, so that it says nothing that is hidden there."""
    shown = without(text, hidden)
    for one in citations:
        if one.quote_start is not None and one.quote_end is not None:
            start, end = shown_place(one.quote_start, min(one.quote_end, len(text)), hidden)
            yield QuotedBody(start=start, end=end, text=shown[start:end])
