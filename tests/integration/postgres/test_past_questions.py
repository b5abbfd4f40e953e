"""The turns that a follow-up may look back at."""

from uuid import UUID, uuid4

from adapters.postgres.conversations import PostgresConversations
from adapters.postgres.turns import PostgresTurns
from domain.answers.answer import Intent, Outcome
from domain.questions.follow_up import MAX_CHARACTERS, PastTurn
from tests.fixtures.database import TenantHandle
from tests.integration.postgres.samples import turn_of


async def record(
    tenant: TenantHandle,
    conversation_id: UUID,
    message: str,
    *,
    understood_as: str | None = None,
    outcome: Outcome = Outcome.ANSWERED,
) -> str:
    request, turn = turn_of(tenant, message=message, conversation_id=conversation_id)
    meta = turn.answer.meta.model_copy(update={"understood_as": understood_as})
    answer = turn.answer.model_copy(update={"meta": meta, "outcome": outcome})
    await PostgresTurns(tenant.database).record(request, turn.model_copy(update={"answer": answer, "outcome": outcome}))
    return request.turn_id


async def before(tenant: TenantHandle, conversation_id: UUID, **changes: object) -> tuple[PastTurn, ...]:
    asked: dict[str, object] = {"of_principal": "key-1", "through": 100, "limit": 10, **changes}
    read = PostgresConversations(tenant.database).questions_before
    return await read(tenant.tenant_id, conversation_id, **asked)  # type: ignore[arg-type] # one call, many cases


async def test_they_come_newest_first_as_they_were_understood(tenant: TenantHandle) -> None:
    conversation_id = uuid4()
    first = await record(tenant, conversation_id, "How do I rotate a key?")
    second = await record(tenant, conversation_id, "and revoke it?", understood_as="How do I revoke a key?")
    third = await record(tenant, conversation_id, "payroll", outcome=Outcome.DENIED)
    found = await before(tenant, conversation_id)
    assert [(turn.sequence, turn.turn_id, turn.question, turn.outcome) for turn in found] == [
        (5, third, "payroll", Outcome.DENIED),
        (3, second, "How do I revoke a key?", Outcome.ANSWERED),
        (1, first, "How do I rotate a key?", Outcome.ANSWERED),
    ]
    assert found[-1].intents == (Intent.HOW_TO,)


async def test_what_was_recorded_after_the_question_began_is_not_seen(tenant: TenantHandle) -> None:
    conversation_id = uuid4()
    for message in ("First?", "Second?", "Third?"):
        await record(tenant, conversation_id, message)
    assert [turn.question for turn in await before(tenant, conversation_id, through=4)] == ["Second?", "First?"]
    assert [turn.question for turn in await before(tenant, conversation_id, limit=1)] == ["Third?"]


async def test_nobody_elses_turns_are_seen(tenant: TenantHandle, other_tenant: TenantHandle) -> None:
    conversation_id = uuid4()
    await record(tenant, conversation_id, "Mine?")
    assert await before(tenant, conversation_id, of_principal="key-2") == ()
    assert await before(tenant, uuid4()) == ()
    assert await before(other_tenant, conversation_id) == ()


async def test_a_long_question_is_cut_and_seen_to_be_too_long(tenant: TenantHandle) -> None:
    conversation_id = uuid4()
    await record(tenant, conversation_id, "x" * (MAX_CHARACTERS + 100))
    (turn,) = await before(tenant, conversation_id)
    assert len(turn.question) == MAX_CHARACTERS + 1
