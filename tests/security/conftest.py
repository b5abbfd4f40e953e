import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from bootstrap.wiring.clients import open_temporal
from domain.identity.principal import KeyScope
from tests.fixtures.database import DatabaseUrls
from tests.fixtures.key_desk import KeyDesk, Tenant
from tests.fixtures.loading import load_fixtures
from tests.fixtures.stack import Stack
from tests.security.wire import Headers


def pytest_configure(config: pytest.Config) -> None:
    load_fixtures(config, "servers", "database", "stack", "key_desk")


@dataclass(frozen=True)
class House:
    """A tenant with something behind every kind of id. ``ids`` are named like the parameters that take them."""

    tenant: Tenant
    ids: dict[str, str]

    def fill(self, template: str) -> str:
        """``template`` with ids of this tenant, and for ``{unknown name}`` with ids of nobody."""
        return re.sub(r"{(?:(unknown) )?(\w+)}", self._id, template)

    def _id(self, found: re.Match[str]) -> str:
        return unknown_like(self.ids[found[2]]) if found[1] else self.ids[found[2]]


def unknown_like(known: str) -> str:
    """An id of the same form that nobody has."""
    return str(uuid4()) if "-" in known else uuid4().hex


def furnish(stack: Stack, tenant: Tenant) -> House:
    """Ask and upload once, so that there is a turn, a conversation, a document and an ingest."""
    headers = {"Authorization": f"Bearer {tenant.api_key}"}
    with httpx.Client(base_url=stack.api_url, headers=headers, timeout=60) as client:
        upload = client.post(
            f"/v1/datasets/{tenant.dataset_id}/documents",
            files={"file": ("keys.md", b"# Rotate an API key\n\nOpen Settings.")},
            data={"wait": "true"},
        ).json()
        asked = client.post("/v1/chat", json={"message": "How do I rotate an API key?"}).json()
        client.post("/v1/admin/sweep", json={})
    ids = {
        "bot_id": str(tenant.bot_id),
        "dataset_id": str(tenant.dataset_id),
        "document_id": upload["document_id"],
        "ingest_id": upload["ingest_id"],
        "passage_id": asked["citations"][0]["passage_id"],
        "session_id": asked["session_id"],
        "trace_id": asked["meta"]["trace_id"],
    }
    return House(tenant, ids)


@pytest.fixture(scope="session")
def ours(stack: Stack, key_desk: KeyDesk) -> House:
    return furnish(stack, key_desk.new_tenant())


@pytest.fixture(scope="session")
def theirs(stack: Stack, key_desk: KeyDesk) -> House:
    return furnish(stack, key_desk.new_tenant())


class KeyRing:
    """Headers by the names that cases give to keys."""

    def __init__(self, desk: KeyDesk, house: House, other: House) -> None:
        self._desk, self._tenant_id = desk, house.tenant.tenant_id
        self._good = house.tenant.api_key
        self._other = other.tenant
        self._headers: dict[str, Headers] = {}

    def headers(self, name: str) -> Headers:
        if name not in self._headers:
            self._headers[name] = self._make(name)
        return self._headers[name]

    def with_scopes(self, *scopes: KeyScope) -> Headers:
        name = " ".join(sorted(scopes))
        if name not in self._headers:
            self._headers[name] = (("X-API-Key", self._desk.issue(scopes=scopes, tenant_id=self._tenant_id)),)
        return self._headers[name]

    @cached_property
    def secrets(self) -> set[bytes]:
        """The secret parts of the valid keys, which no answer and no log may have."""
        # Secrets may have underscores of their own.
        return {key.split("_", 3)[3].encode() for key in (self._good, self._other.api_key)}

    def _make(self, name: str) -> Headers:
        good, wrong = self._good, self._good[:-1] + ("x" if self._good[-1] != "x" else "y")
        tenant = self._tenant_id
        makers: dict[str, Callable[[], Headers]] = {
            "good": lambda: (("Authorization", f"Bearer {good}"),),
            "none": lambda: (),
            "empty": lambda: (("Authorization", "Bearer "),),
            "malformed": lambda: (("X-API-Key", "ans_nonsense"),),
            "endless": lambda: (("X-API-Key", good + "a" * 30_000),),
            "not ASCII": lambda: (("X-API-Key", b"schl\xfcssel\xff"),),
            "basic": lambda: (("Authorization", f"Basic {good}"),),
            "unknown": lambda: (("X-API-Key", f"ans_{tenant.hex}_{'f' * 12}_{'a' * 43}"),),
            "wrong secret": lambda: (("Authorization", f"Bearer {wrong}"),),
            "expired": lambda: (("X-API-Key", self._desk.issue(lifetime=timedelta(seconds=-1), tenant_id=tenant)),),
            "revoked": lambda: (("X-API-Key", self._desk.issue_and_revoke(tenant)),),
            "moved to another tenant": lambda: (("X-API-Key", good.replace(tenant.hex, self._other.tenant_id.hex)),),
            "two different headers": lambda: (("Authorization", f"Bearer {good}"), ("X-API-Key", wrong)),
            "two different values": lambda: (
                ("Authorization", f"Bearer {good}"),
                ("Authorization", f"Bearer {self._other.api_key}"),
            ),
        }
        return makers[name]()


@pytest.fixture(scope="session")
def key_ring(key_desk: KeyDesk, ours: House, theirs: House) -> KeyRing:
    return KeyRing(key_desk, ours, theirs)


class Traces:
    """Everything that a tenant leaves behind: rows, artifacts, workflows."""

    def __init__(self, stack: Stack, connection: psycopg.Connection, tenant_id: UUID) -> None:
        self._stack, self._connection, self._tenant_id = stack, connection, tenant_id
        tables = connection.execute(
            "SELECT table_name FROM information_schema.columns JOIN information_schema.tables"
            " USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND column_name = 'tenant_id' AND table_type = 'BASE TABLE' ORDER BY 1"
        ).fetchall()
        counts = [f"(SELECT count(*) FROM {name} WHERE tenant_id = %(tenant)s)" for (name,) in tables]  # noqa: S608
        self._statement = f"SELECT {', '.join(counts)}"

    def stored(self) -> tuple[tuple[int, ...], list[str]]:
        """Rows by table, and the names of the artifacts."""
        row = self._connection.execute(self._statement, {"tenant": self._tenant_id}).fetchone()
        directory = self._stack.object_store.directory
        folders = directory.glob(f"*/{self._tenant_id}")
        return row or (), sorted(str(path) for folder in folders for path in folder.rglob("*"))

    def workflows(self) -> int:
        async def count() -> int:
            client = await open_temporal(self._stack.settings)
            return (await client.count_workflows(f'TenantId = "{self._tenant_id}"')).count

        return asyncio.run(count())


@pytest.fixture(scope="session")
def traces(stack: Stack, ours: House, database_urls: DatabaseUrls) -> Iterator[Traces]:
    with psycopg.connect(database_urls.superuser, autocommit=True) as connection:
        yield Traces(stack, connection, ours.tenant.tenant_id)
