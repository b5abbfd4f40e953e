from collections.abc import Mapping
from uuid import UUID

from activities.search.boost_cache import BoostCache

TENANT, DOCUMENT = UUID(int=1), UUID(int=2)


class Source:
    def __init__(self) -> None:
        self.boosts: dict[UUID, float] = {DOCUMENT: 1.1}
        self.asked = 0

    async def active_boosts(self, tenant_id: UUID) -> Mapping[UUID, float]:
        self.asked += 1
        return dict(self.boosts) if tenant_id == TENANT else {}


async def test_boosts_are_read_again_once_they_are_old() -> None:
    now, source = [0.0], Source()
    cache = BoostCache(source, fresh_seconds=5, monotonic=lambda: now[0])
    assert await cache.active_boosts(TENANT) == {DOCUMENT: 1.1}
    source.boosts[DOCUMENT] = 0.9
    now[0] = 4.9
    assert (await cache.active_boosts(TENANT), source.asked) == ({DOCUMENT: 1.1}, 1)
    now[0] = 5.0
    assert await cache.active_boosts(TENANT) == {DOCUMENT: 0.9}


async def test_tenants_do_not_share_boosts() -> None:
    cache = BoostCache(Source())
    assert await cache.active_boosts(TENANT) != await cache.active_boosts(UUID(int=9))
