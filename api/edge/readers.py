"""What a principal may see of documents, and of other people's turns, beyond what its scopes open."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, TypeVar
from uuid import UUID

from api.services import Services
from domain.answers.answer import Answer, withheld_answer
from domain.bots.errors import BotNotFoundError
from domain.bots.rights import tenant_packs
from domain.conversations.conversation import Conversation, ListedConversation, Message
from domain.conversations.turn import ListedTurn, RecordedTurn
from domain.guardrails.hidden_text import hidden_spans, without
from domain.guardrails.redaction import redact
from domain.identity.principal import Principal, Reader
from domain.policy.access import allowed_tools
from domain.policy.in_force import PolicyInForce
from domain.policy.redaction_profile import STANDARD, RedactionProfile, strictest
from domain.policy.rules import UNSET, PolicyVersion

Listed = TypeVar("Listed", ListedTurn, ListedConversation)

_SHOWN_CHARACTERS: Final = 200
# What is hidden may begin before what is shown ends, and be told by what follows it.
_READ_CHARACTERS: Final = 1_000


def reader_of(principal: Principal, tenant: PolicyVersion, services: Services) -> Reader:
    """The rights by which lists name documents to the principal: those of its key, and the packs that manifests and
    the tenant's policy leave to its roles."""
    return Reader.of(principal, tenant_packs(tenant, services.packs.summaries(), principal.roles).allowed)


async def turn_as_seen(turn: RecordedTurn, principal: Principal, services: Services) -> RecordedTurn:
    """The turn, its answer withheld where it is another asker's and says what the principal may not see."""
    if turn.principal_id == principal.id:
        return turn
    tenant = await services.policies.get(principal.tenant_id)
    (answer,) = await _answers_as_seen((turn.answer,), principal, tenant, services)
    return turn.model_copy(update={"answer": answer})


async def conversation_as_seen(conversation: Conversation, principal: Principal, services: Services) -> Conversation:
    """The conversation. Of another asker's, answers are withheld like those of turns, and what was asked is redacted:
    nobody hides from people what they wrote themselves, but others read it."""
    if conversation.principal_id == principal.id:
        return conversation
    answers = [message.answer for message in conversation.messages if message.answer is not None]
    tenant = await services.policies.get(principal.tenant_id)
    seen = iter(await _answers_as_seen(answers, principal, tenant, services))
    profile = strictest_profile(tenant, await _policy_of_bot(principal.tenant_id, conversation.bot_id, services))

    def shown(message: Message) -> Message:
        if message.answer is None:
            return message.model_copy(update={"text": redact(message.text, profile, services.detector).text})
        answer = next(seen)
        text = message.text if answer is message.answer else answer.text
        return message.model_copy(update={"answer": answer, "text": text})

    messages = await asyncio.to_thread(lambda: tuple(shown(message) for message in conversation.messages))
    return conversation.model_copy(update={"messages": messages})


async def listed_as_seen(items: Sequence[Listed], principal: Principal, services: Services) -> tuple[Listed, ...]:
    """The items with the beginnings of their questions, which are redacted where somebody else asked them."""
    others = {item.bot_id for item in items if item.principal_id != principal.id}
    profiles: dict[UUID, RedactionProfile] = {}
    if others:
        tenant = await services.policies.get(principal.tenant_id)
        for bot_id in others:
            bot = await _policy_of_bot(principal.tenant_id, bot_id, services)
            profiles[bot_id] = strictest_profile(tenant, bot)

    def shown(item: Listed) -> Listed:
        profile = None if item.principal_id == principal.id else profiles[item.bot_id]
        return item.model_copy(update={"question": _beginning(item.question, profile, services)})

    return await asyncio.to_thread(lambda: tuple(shown(item) for item in items))


def _beginning(text: str, profile: RedactionProfile | None, services: Services) -> str:
    read = text[:_READ_CHARACTERS]
    found = hidden_spans(read, profile, services.detector) if profile is not None else ()
    spans = [span for span in found if span.start < _SHOWN_CHARACTERS]
    end = max(_SHOWN_CHARACTERS, spans[-1].end) if spans else _SHOWN_CHARACTERS
    shown = without(read[:end], spans)
    return f"{shown}…" if len(text) > end else shown


async def _answers_as_seen(
    answers: Sequence[Answer], principal: Principal, tenant: PolicyVersion, services: Services
) -> tuple[Answer, ...]:
    cited = {citation.version_id for answer in answers for citation in answer.citations}
    reader = reader_of(principal, tenant, services)
    seen = await services.documents.seen_versions(principal.tenant_id, sorted(cited), reader)
    levels = PolicyInForce(tenant).access
    tools = allowed_tools(services.packs.tools(), reader.packs, principal.roles, levels).allowed
    return tuple(
        answer
        if all(citation.version_id in seen for citation in answer.citations)
        and all(action.tool in tools for action in answer.actions)
        else withheld_answer(answer, seen)
        for answer in answers
    )


def strictest_profile(tenant: PolicyVersion, bot: PolicyVersion = UNSET) -> RedactionProfile:
    """What is hidden of texts from somebody who did not ask for them: what the bot hides, and what the standard profile
    does in any case."""
    return strictest([STANDARD, PolicyInForce(tenant, bot).pin().redaction])


async def _policy_of_bot(tenant_id: UUID, bot_id: UUID, services: Services) -> PolicyVersion:
    # A deleted bot hides what its tenant does.
    with suppress(BotNotFoundError):
        return await services.policies.get(tenant_id, bot_id)
    return UNSET
