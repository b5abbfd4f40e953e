"""Policies over HTTP: whole documents, versions, and errors that name their field."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.identity.principal import KeyScope
from tests.security.operations import DOCUMENT
from tests.unit.api.fakes import Backend

EXAMPLE: dict[str, Any] = DOCUMENT["components"]["schemas"]["PolicyBody"]["examples"][0]
NOTHING: dict[str, Any] = {"deny": [], "access": None, "smallest_count": None, "redaction": None, "screening": None}


@pytest.fixture
def key(backend: Backend) -> str:
    return backend.new_key((KeyScope.ADMIN,))


@pytest.fixture(params=["tenant", "bot"])
def path(request: pytest.FixtureRequest, backend: Backend) -> str:
    return "/v1/policy" if request.param == "tenant" else f"/v1/bots/{backend.bot.bot_id}/policy"


async def test_a_policy_comes_back_as_it_was_set_and_every_version_stays(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).json() | {"bot_id": None} == {
        "bot_id": None,
        "version": 0,
        "set_by": None,
        "set_at": None,
        "policy": NOTHING,
        "warnings": [],
    }
    first = (await client.put(path, json=EXAMPLE)).json()
    second = (await client.put(path, json={"smallest_count": 20})).json()
    assert (first["version"], first["policy"]) == (1, EXAMPLE)
    assert (second["version"], second["policy"]) == (2, {**NOTHING, "smallest_count": 20})
    assert (await client.get(path, params={"version": 1})).json() == first
    assert (await client.get(path)).json() == second
    assert (await client.put(path, json={"smallest_count": 20})).json() == second
    missing = await client.get(path, params={"version": 3})
    assert (missing.status_code, missing.json()["code"]) == (404, "policy_not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"deny": [{"rule_id": "r", "match": "glob", "pattern": "*?"}]}, "deny.0.pattern"),
        ({"deny": [{"rule_id": "r", "pattern": "\u200b"}]}, "deny.0.pattern"),
        ({"deny": [{"rule_id": "r", "pattern": "a" * 501}]}, "deny.0.pattern"),
        ({"deny": [{"rule_id": "r", "match": "regex", "pattern": "(a+)+$"}]}, "deny.0.match"),
        ({"deny": [{"rule_id": "R!", "pattern": "a"}]}, "deny.0.rule_id"),
        ({"deny": [{"rule_id": "r", "pattern": "a"}, {"rule_id": "r", "pattern": "b"}]}, "deny"),
        ({"access": [{"rule_id": "r", "role": "x", "packs": ["a.*.b"]}]}, "access.0.packs"),
        ({"access": [{"rule_id": "r", "role": "x", "packs": ["a\u0000"]}]}, "access.0.packs.0"),
        ({"access": [{"rule_id": "r", "role": ""}]}, "access.0.role"),
        ({"smallest_count": 0}, "smallest_count"),
        ({"smallest_count": False}, "smallest_count"),
        ({"redaction": {"profile": "lax"}}, "redaction.profile"),
        ({"redaction": {"keep": ["secret"]}}, "redaction.keep"),
        ({"screening": "off"}, "screening"),
        ({"denied": []}, "denied"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_set(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], field: str
) -> None:
    response = await client.put(path, json=body)
    assert response.status_code == 422
    assert [one["field"] for one in response.json()["details"]["errors"]] == [field]
    assert (await client.get(path)).json()["version"] == 0


async def test_a_pack_that_is_not_installed_is_a_warning(client: httpx.AsyncClient, path: str) -> None:
    body = {"access": [{"rule_id": "r", "role": "*", "packs": ["support", "travel"], "tools": ["*"]}]}
    stored = (await client.put(path, json=body)).json()
    assert stored["version"] == 1
    # The installation of this test has no tool.
    assert [(one["code"], "travel" in one["message"]) for one in stored["warnings"]] == [
        ("pack_unknown", True),
        ("tool_unknown", False),
    ]


async def test_only_administrators_read_and_set_policies(
    client: httpx.AsyncClient, backend: Backend, path: str
) -> None:
    headers = {
        "Authorization": f"Bearer {backend.new_key([scope for scope in KeyScope if scope is not KeyScope.ADMIN])}"
    }
    answers = [await client.get(path, headers=headers), await client.put(path, headers=headers, json={})]
    assert [answer.json()["details"] for answer in answers] == [{"required_scope": "admin"}] * 2


async def test_another_tenants_bot_has_no_policy(client: httpx.AsyncClient, backend: Backend) -> None:
    headers = {"Authorization": f"Bearer {backend.new_key(tenant_id=uuid4())}"}
    path = f"/v1/bots/{backend.bot.bot_id}/policy"
    for answer in (await client.get(path, headers=headers), await client.put(path, headers=headers, json={})):
        assert (answer.status_code, answer.json()["code"]) == (404, "bot_not_found")


async def test_a_pack_that_the_tenant_closes_is_not_listed(client: httpx.AsyncClient) -> None:
    assert [pack["pack_id"] for pack in (await client.get("/v1/packs")).json()["packs"]] == ["support"]
    await client.put("/v1/policy", json={"access": [{"rule_id": "r", "role": "boss", "packs": ["*"]}]})
    assert (await client.get("/v1/packs")).json()["packs"] == []


async def test_the_tenant_sets_its_time_zone(client: httpx.AsyncClient, backend: Backend) -> None:
    assert (await client.get("/v1/tenant")).json()["time_zone"] == "UTC"
    changed = (await client.patch("/v1/tenant", json={"time_zone": "Pacific/Auckland"})).json()
    assert (changed["tenant_id"], changed["time_zone"]) == (str(backend.tenant_id), "Pacific/Auckland")
    assert (await client.patch("/v1/tenant", json={})).json() == changed
    refused = await client.patch("/v1/tenant", json={"time_zone": "Mars/Olympus"})
    assert (refused.status_code, refused.json()["details"]["errors"][0]["field"]) == (422, "time_zone")
