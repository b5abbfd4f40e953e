"""What a principal may see of documents, and of other people's turns, beyond what its scopes open."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from api.services import Services
from domain.access import Principal, Reader
from domain.answer import Answer, withheld_answer
from domain.conversation import Conversation, Message, RecordedTurn
from domain.errors import BotNotFoundError
from domain.policy_in_force import PolicyInForce, open_packs
from domain.policy_rules import UNSET
from domain.redaction import redact
from domain.redaction_profile import STANDARD, RedactionProfile, strictest
from domain.tool_selection import allowed_tools


async def reader_of(principal: Principal, services: Services) -> Reader:
    """The rights by which lists name documents to the principal: those of its key, and the packs that manifests and
    the tenant's policy leave to its roles."""
    tenant = await services.policies.get(principal.tenant_id)
    return Reader.of(principal, open_packs(tenant, services.packs.summaries(), principal.roles).allowed)


async def turn_as_seen(turn: RecordedTurn, principal: Principal, services: Services) -> RecordedTurn:
    """The turn, its answer withheld where it is another asker's and says what the principal may not see."""
    if turn.principal_id == principal.id:
        return turn
    (answer,) = await _answers_as_seen((turn.answer,), principal, services)
    return turn.model_copy(update={"answer": answer})


async def conversation_as_seen(conversation: Conversation, principal: Principal, services: Services) -> Conversation:
    """The conversation. Of another asker's, answers are withheld like those of turns, and what was asked is redacted:
    nobody hides from people what they wrote themselves, but others read it."""
    if conversation.principal_id == principal.id:
        return conversation
    answers = [message.answer for message in conversation.messages if message.answer is not None]
    seen = iter(await _answers_as_seen(answers, principal, services))
    profile = await profile_of(principal.tenant_id, conversation.bot_id, services)

    def shown(message: Message) -> Message:
        if message.answer is None:
            return message.model_copy(update={"text": redact(message.text, profile, services.detector).text})
        answer = next(seen)
        text = message.text if answer is message.answer else answer.text
        return message.model_copy(update={"answer": answer, "text": text})

    messages = await asyncio.to_thread(lambda: tuple(shown(message) for message in conversation.messages))
    return conversation.model_copy(update={"messages": messages})


async def _answers_as_seen(answers: Iterable[Answer], principal: Principal, services: Services) -> tuple[Answer, ...]:
    answers = tuple(answers)
    cited = {citation.version_id for answer in answers for citation in answer.citations}
    reader = await reader_of(principal, services)
    seen = await services.documents.seen_versions(principal.tenant_id, sorted(cited), reader)
    levels = PolicyInForce(await services.policies.get(principal.tenant_id)).access
    tools = allowed_tools(services.packs.tools(), reader.packs, principal.roles, levels).allowed
    return tuple(
        answer
        if all(citation.version_id in seen for citation in answer.citations)
        and all(action.tool in tools for action in answer.actions)
        else withheld_answer(answer, seen)
        for answer in answers
    )


async def profile_of(tenant_id: UUID, bot_id: UUID | None, services: Services) -> RedactionProfile:
    """What is hidden of texts from somebody who did not ask for them: what the bot hides, and what the standard profile
    does in any case."""
    tenant = await services.policies.get(tenant_id)
    bot = UNSET
    # A deleted bot hides what its tenant does.
    with suppress(BotNotFoundError):
        bot = await services.policies.get(tenant_id, bot_id) if bot_id else UNSET
    return strictest([STANDARD, PolicyInForce(tenant, bot).pin().redaction])
