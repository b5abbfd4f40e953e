"""Passage texts near the worker."""

import hashlib
from uuid import UUID

from activities.search.passage_cache import PassageTextCache
from tests.unit.activities.fakes import TENANT, MemoryTexts, passage_of

ONE, TWO, THREE = passage_of("one", 1), passage_of("two", 2), passage_of("three", 3)


def source() -> MemoryTexts:
    return MemoryTexts({ONE.passage_id: "one", TWO.passage_id: "two", THREE.passage_id: "three"})


async def test_a_text_is_fetched_once() -> None:
    texts = source()
    cache = PassageTextCache(texts)
    for _ in range(2):
        assert await cache.texts(TENANT, (ONE, TWO)) == {ONE.passage_id: "one", TWO.passage_id: "two"}
    assert texts.queries == [[ONE.passage_id, TWO.passage_id]]


async def test_a_miss_asks_only_for_what_is_missing() -> None:
    texts = source()
    cache = PassageTextCache(texts)
    await cache.texts(TENANT, (ONE,))
    await cache.texts(TENANT, (ONE, TWO))
    assert texts.queries == [[ONE.passage_id], [TWO.passage_id]]


async def test_what_one_tenant_fetched_another_does_not_get_from_the_cache() -> None:
    texts = source()
    cache = PassageTextCache(texts)
    await cache.texts(TENANT, (ONE,))
    texts.texts.clear()
    assert await cache.texts(UUID(int=99), (ONE,)) == {}


async def test_a_text_of_another_hash_is_not_handed_out() -> None:
    other = ONE.model_copy(update={"text_sha256": hashlib.sha256(b"other").hexdigest()})
    assert await PassageTextCache(source()).texts(TENANT, (other,)) == {}


async def test_the_least_recently_used_text_goes_first() -> None:
    texts = source()
    cache = PassageTextCache(texts, capacity=2)
    await cache.texts(TENANT, (ONE, TWO))
    await cache.texts(TENANT, (ONE,))
    await cache.texts(TENANT, (THREE,))
    texts.queries.clear()
    await cache.texts(TENANT, (ONE, THREE))
    assert texts.queries == []
    await cache.texts(TENANT, (TWO,))
    assert texts.queries == [[TWO.passage_id]]


async def test_one_turn_gets_all_its_texts_even_from_a_cache_that_is_too_small() -> None:
    cache = PassageTextCache(source(), capacity=1)
    assert len(await cache.texts(TENANT, (ONE, TWO, THREE))) == 3
