"""Feedback, and the versions of what was learned from it, in the database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from adapters.postgres.feedback import PostgresFeedback
from adapters.postgres.index.passage_index import PostgresPassageIndex
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.turns import PostgresTurns
from domain.errors import NotFoundError
from domain.feedback.feedback import DocumentBoost, Feedback, Rating
from domain.identity.principal import Principal, Reader, Visibility
from domain.knowledge.passage import passage_id_for
from tests.fixtures.database import TenantHandle
from tests.integration.postgres.samples import publication_of, turn_of, version_of

CUSTOMER = Reader(principal_id="key-2", visibilities=("external",), packs=("product_support",))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def asker(tenant: TenantHandle, audience: Visibility = "external") -> Principal:
    return Principal(tenant_id=tenant.tenant_id, kind="api_key", id="key-1", name="K", audience=audience)


async def given(tenant: TenantHandle, turn_id: str, rating: Rating = Rating.UP, **changes: object) -> Feedback:
    feedback = Feedback.model_validate(
        {
            "tenant_id": tenant.tenant_id,
            "turn_id": turn_id,
            "principal_id": "key-1",
            "rating": rating,
            "given_at": datetime.now(UTC),
            **changes,
        }
    )
    await PostgresFeedback(tenant.database).give(feedback, asker(tenant))
    return feedback


async def recorded(tenant: TenantHandle) -> str:
    request, turn = turn_of(tenant)
    await PostgresTurns(tenant.database).record(request, turn)
    return turn.turn_id


async def published(tenant: TenantHandle, visibility: Visibility) -> tuple[UUID, UUID]:
    """A document with one passage: its id and the passage's."""
    version = version_of(tenant.dataset, f"{uuid4()}.md", visibility=visibility)
    await PostgresIngests(tenant.database).register(version)
    await PostgresPassageIndex(tenant.database).ingest(publication_of(version, "To feed a quokka, offer leaves."))
    return version.document_id, passage_id_for(version.version_id, 0)


async def test_a_later_word_takes_the_place_of_the_earlier(tenant: TenantHandle) -> None:
    turn_id = await recorded(tenant)
    await given(tenant, turn_id, Rating.UP)
    await given(tenant, turn_id, Rating.DOWN)
    (judged,) = await PostgresFeedback(tenant.database).judged(tenant.tenant_id, LONG_AGO, 10)
    assert (judged.rating, judged.cited, judged.right_document_id) == (Rating.DOWN, (), None)


async def test_a_turn_that_does_not_exist_takes_none(tenant: TenantHandle) -> None:
    with pytest.raises(NotFoundError):
        await given(tenant, uuid4().hex)


async def test_the_right_passage_names_its_document(tenant: TenantHandle) -> None:
    document_id, passage_id = await published(tenant, "external")
    await given(tenant, await recorded(tenant), Rating.DOWN, passage_id=passage_id)
    (judged,) = await PostgresFeedback(tenant.database).judged(tenant.tenant_id, LONG_AGO, 10)
    assert judged.right_document_id == document_id


async def test_a_passage_that_the_asker_may_not_see_is_like_one_that_does_not_exist(tenant: TenantHandle) -> None:
    _, hidden = await published(tenant, "internal")
    turn_id, messages = await recorded(tenant), []
    for passage_id in (hidden, uuid4()):
        with pytest.raises(NotFoundError) as raised:
            await given(tenant, turn_id, passage_id=passage_id)
        messages.append(raised.value.message)
    assert messages[0] == messages[1]


async def test_versions_are_numbered_and_one_applies(tenant: TenantHandle) -> None:
    store, document_id = PostgresFeedback(tenant.database), uuid4()
    boost = DocumentBoost(document_id=document_id, boost=1.1, ups=2, downs=0)
    first = await store.publish(tenant.tenant_id, "run-1", 2, (boost,), "key-1")
    again = await store.publish(tenant.tenant_id, "run-1", 9, (), "key-1")
    second = await store.publish(tenant.tenant_id, "run-2", 3, (), "key-1")
    assert (first.version, again, second.version) == (1, first, 2)
    assert await store.active_boosts(tenant.tenant_id) == {}
    assert (await store.activate(tenant.tenant_id, 1)).boosts == (boost,)
    assert await store.active_boosts(tenant.tenant_id) == {document_id: 1.1}
    assert [(one.version, one.is_active) for one in await store.versions(tenant.tenant_id, 5)] == [
        (2, False),
        (1, True),
    ]
    assert (await store.activate(tenant.tenant_id, 0)).version == 0
    assert await store.active_boosts(tenant.tenant_id) == {}


async def test_an_unknown_version_changes_nothing(tenant: TenantHandle) -> None:
    store = PostgresFeedback(tenant.database)
    await store.publish(tenant.tenant_id, "run-1", 0, (), "key-1")
    with pytest.raises(NotFoundError):
        await store.activate(tenant.tenant_id, 7)
    assert [one.is_active for one in await store.versions(tenant.tenant_id, 5)] == [True]


async def test_analytics_count_by_day(tenant: TenantHandle) -> None:
    store = PostgresFeedback(tenant.database)
    await given(tenant, await recorded(tenant), Rating.DOWN, comment="No.")
    await given(tenant, await recorded(tenant), Rating.UP)
    found = await store.analytics(tenant.tenant_id, datetime.now(UTC) - timedelta(days=1), CUSTOMER)
    assert (found.ups, found.downs, found.comments, sum(day.downs for day in found.days)) == (1, 1, 1, 1)
    assert (await store.analytics(tenant.tenant_id, datetime.now(UTC) + timedelta(days=1), CUSTOMER)).days == ()
