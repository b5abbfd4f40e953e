"""How many may follow event streams at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar
from uuid import UUID

from domain.identity.principal import Principal
from domain.limits.errors import TooManyFollowersError

Name = TypeVar("Name")

# Each follower asks the database a few times a second for as long as it likes.
MAX_FOLLOWERS_PER_KEY: Final = 20
MAX_FOLLOWERS_PER_TENANT: Final = 100


class Followers:
    """The streams that are open in this process."""

    def __init__(self) -> None:
        self._by_key: Counter[tuple[UUID, str]] = Counter()
        self._by_tenant: Counter[UUID] = Counter()

    def require_place(self, principal: Principal) -> None:
        """Raises TooManyFollowersError."""
        of_key = self._by_key[principal.tenant_id, principal.id]
        if of_key >= MAX_FOLLOWERS_PER_KEY or self._by_tenant[principal.tenant_id] >= MAX_FOLLOWERS_PER_TENANT:
            raise TooManyFollowersError(
                "Too many event streams are open. Close some, or poll GET /v1/ingests instead.",
                of_one_key=MAX_FOLLOWERS_PER_KEY,
                of_all=MAX_FOLLOWERS_PER_TENANT,
            )

    @contextmanager
    def place(self, principal: Principal) -> Iterator[None]:
        """Count one stream for as long as the context lasts. Raises TooManyFollowersError."""
        self.require_place(principal)
        key = (principal.tenant_id, principal.id)
        self._by_key[key] += 1
        self._by_tenant[principal.tenant_id] += 1
        try:
            yield
        finally:
            _subtract(self._by_key, key)
            _subtract(self._by_tenant, principal.tenant_id)


def _subtract(counter: Counter[Name], name: Name) -> None:
    """Names that count nothing are not kept."""
    counter[name] -= 1
    if not counter[name]:
        del counter[name]
