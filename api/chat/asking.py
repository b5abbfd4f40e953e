"""From a question to its turn: which bot and conversation, which id, start or join, and how it ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from api.edge.authentication import may_see_everyone
from api.edge.idempotency import conflict
from api.services import Services
from api.workflow_ports import Workflows
from domain.answers.answer import Outcome
from domain.base import JsonValue
from domain.bots.bot import Bot
from domain.conversations.conversation import ConversationHead, conversation_id_for
from domain.conversations.errors import SessionNotFoundError, TurnFailedError
from domain.conversations.turn import RecordedTurn, TurnRequest, fingerprint, turn_id_for
from domain.errors import Failure
from domain.identity.principal import Principal
from domain.packs.errors import PackNotFoundError
from domain.questions.follow_up import may_follow, within_budget


@dataclass(frozen=True)
class Ask:
    """A question as every entry point reduces it.

    ``asker`` and ``key`` name the turn. ``key_repeats`` is False for a key that was made up just now. ``sent`` is
    what the client sent, for the fingerprint: without defaults, so that a field which the API gains one day does not
    turn a repeated request into another one. ``session_id`` is the client's claim and is checked;
    ``conversation_id`` is derived by us and is not.
    """

    principal: Principal
    channel: str
    asker: str
    key: str
    key_repeats: bool
    message: str
    sent: dict[str, JsonValue]
    bot_id: UUID | None = None
    session_id: UUID | None = None
    conversation_id: UUID | None = None
    pack_hint: str | None = None
    metadata: dict[str, JsonValue] | None = None
    said_before: tuple[str, ...] = ()


async def open_turn(
    ask: Ask, services: Services, workflows: Workflows, note: Callable[[str], None]
) -> RecordedTurn | str:
    """Return the recorded turn if this request was answered before, else the id of the turn, started or joined.

    ``note`` gets the turn's id as soon as it is known.

    Raises BotNotFoundError, SessionNotFoundError, PackNotFoundError, IdempotencyConflictError, or the
    unavailability of a dependency.
    """
    head = await _head(ask, services)
    bot = await _bot(ask, head if ask.session_id else None, services)
    services.packs.notice(bot.pack_ids)
    turn_id = turn_id_for(ask.principal.tenant_id, ask.asker, bot.bot_id, ask.key)
    note(turn_id)
    request_sha256 = fingerprint({**ask.sent, "bot_id": str(bot.bot_id)})
    if ask.key_repeats and (recorded := await services.turns.find(ask.principal.tenant_id, turn_id)):
        return _same_request(recorded, request_sha256)
    _require_pack(ask, bot)
    await workflows.turns.start(_turn_request(ask, bot, turn_id, request_sha256, head))
    return turn_id


def answer_of(turn: RecordedTurn) -> RecordedTurn:
    """``turn`` itself. Raises TurnFailedError, always the same one, when it ended in a failure."""
    if turn.outcome is Outcome.FAILED:
        raise failure_of(turn)
    return turn


def failure_of(turn: RecordedTurn) -> TurnFailedError:
    """The error of a turn that failed: the cause's message, with the trace to look it up by."""
    cause = turn.answer.failure or Failure(code="internal_error", message="The cause was not recorded.")
    return TurnFailedError(
        f"The question could not be answered: {cause.message} Ask again with a new Idempotency-Key.",
        trace_id=turn.turn_id,
        cause=cause.model_dump(mode="json"),
    )


def owned_by(principal: Principal, principal_id: str) -> bool:
    """Whether ``principal`` may see what ``principal_id`` asked."""
    return principal_id == principal.id or may_see_everyone(principal)


async def _head(ask: Ask, services: Services) -> ConversationHead | None:
    """How the conversation stands: of the session that the client names, or of a channel's sender, which is looked up
    only for a message that may need it. Another principal's session does not exist for the client."""
    if ask.session_id is None:
        if ask.conversation_id is None or not may_follow(ask.message):
            return None
        return await services.conversations.head(ask.principal.tenant_id, ask.conversation_id)
    head = await services.conversations.head(ask.principal.tenant_id, ask.session_id)
    is_theirs = head is not None and head.principal_id == ask.principal.id
    if head is None or not is_theirs or ask.bot_id not in (None, head.bot_id):
        raise SessionNotFoundError(
            "You have no such session with this bot. Omit session_id to start a new one.",
            session_id=str(ask.session_id),
        )
    return head


async def _bot(ask: Ask, head: ConversationHead | None, services: Services) -> Bot:
    bot_id = ask.bot_id or (head.bot_id if head else None)
    if bot_id is None:
        return await services.bots.default(ask.principal.tenant_id)
    return await services.bots.get(ask.principal.tenant_id, bot_id)


def _require_pack(ask: Ask, bot: Bot) -> None:
    if ask.pack_hint is not None and ask.pack_hint not in bot.pack_ids:
        raise PackNotFoundError(
            "This bot has no such pack. Omit pack_hint to search all of its packs.", pack_hint=ask.pack_hint
        )


def _same_request(recorded: RecordedTurn, request_sha256: str) -> RecordedTurn:
    if recorded.request_sha256 != request_sha256:
        raise conflict(recorded.turn_id)
    return recorded


def _turn_request(ask: Ask, bot: Bot, turn_id: str, request_sha256: str, head: ConversationHead | None) -> TurnRequest:
    tenant_id = ask.principal.tenant_id
    return TurnRequest(
        tenant_id=tenant_id,
        turn_id=turn_id,
        conversation_id=ask.session_id or ask.conversation_id or conversation_id_for(tenant_id, turn_id),
        principal=ask.principal,
        channel=ask.channel,
        bot_id=bot.bot_id,
        message=ask.message,
        pack_hint=ask.pack_hint,
        metadata=ask.metadata or {},
        request_sha256=request_sha256,
        received_at=datetime.now(UTC),
        history_through=head.last_sequence if head else 0,
        said_before=within_budget(ask.said_before) if may_follow(ask.message) else (),
    )
