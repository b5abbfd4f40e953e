"""Lists of turns and conversations in the database."""

from datetime import timedelta

from adapters.postgres.conversations import PostgresConversations
from adapters.postgres.turns import PostgresTurns
from domain.answers.answer import Outcome
from domain.conversations.turn import ListFilter, TurnFilter
from tests.fixtures.database import TenantHandle
from tests.integration.postgres.samples import MOMENT, turn_of


async def record(tenant: TenantHandle, minute: int, principal_id: str = "key-1", **changes: Outcome) -> str:
    """A turn of its own conversation, received ``minute`` minutes after the first."""
    when = {"received_at": MOMENT + timedelta(minutes=minute)}
    request, turn = turn_of(tenant, message=f"Question {minute}?", principal_id=principal_id)
    await PostgresTurns(tenant.database).record(
        request.model_copy(update=when), turn.model_copy(update={**when, **changes})
    )
    return turn.turn_id


async def listed(tenant: TenantHandle, after: str | None = None, limit: int = 10, **wanted: object) -> list[str]:
    found = await PostgresTurns(tenant.database).list(
        tenant.tenant_id, TurnFilter.model_validate(wanted), limit=limit, after=after
    )
    return [one.turn_id for one in found]


async def test_turns_are_listed_newest_first_within_what_is_wanted(tenant: TenantHandle) -> None:
    first, second = await record(tenant, 0), await record(tenant, 1, outcome=Outcome.REFUSED)
    others, last = await record(tenant, 2, principal_id="key-2"), await record(tenant, 3)

    assert await listed(tenant) == [last, others, second, first]
    assert await listed(tenant, of_principal="key-1") == [last, second, first]
    assert await listed(tenant, outcome=Outcome.REFUSED) == [second]
    assert await listed(tenant, since=MOMENT + timedelta(minutes=1), until=MOMENT + timedelta(minutes=3)) == [
        others,
        second,
    ]
    assert await listed(tenant, after=last, limit=2) == [others, second]


async def test_turns_of_one_moment_are_each_listed_once(tenant: TenantHandle) -> None:
    turns = {await record(tenant, 0) for _ in range(5)}
    found: list[str] = []
    while page := await listed(tenant, after=found[-1] if found else None, limit=2):
        found += page
    assert (set(found), len(found)) == (turns, 5)


async def test_behind_a_turn_that_is_anothers_is_nothing(tenant: TenantHandle, other_tenant: TenantHandle) -> None:
    await record(tenant, 0)
    others, foreign = await record(tenant, 1, principal_id="key-2"), await record(other_tenant, 1)

    assert await listed(tenant, after=others, of_principal="key-1") == []
    assert await listed(tenant, after=foreign) == []
    assert await listed(tenant, after="0" * 32) == []


async def test_conversations_are_listed_by_what_was_asked_first(tenant: TenantHandle) -> None:
    turns, conversations = PostgresTurns(tenant.database), PostgresConversations(tenant.database)
    request, turn = turn_of(tenant, message="First?")
    await turns.record(request, turn)
    await turns.record(*turn_of(tenant, message="Second?", conversation_id=request.conversation_id))
    await record(tenant, 5, principal_id="key-2")

    found = await conversations.list(tenant.tenant_id, ListFilter(), limit=10, after=None)
    own = await conversations.list(tenant.tenant_id, ListFilter(of_principal="key-1"), limit=10, after=None)

    assert [(one.question, one.messages) for one in found] == [("Question 5?", 2), ("First?", 4)]
    assert [one.question for one in own] == ["First?"]
    behind = await conversations.list(tenant.tenant_id, ListFilter(), limit=10, after=found[0].conversation_id)
    assert behind == own
