from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.bots.bot import DEFAULT_CONFIDENCE
from domain.identity.principal import KeyScope
from tests.unit.api.fakes import Backend


@pytest.fixture
def key(backend: Backend) -> str:
    return backend.new_key((KeyScope.ADMIN,))


def path(backend: Backend) -> str:
    return f"/v1/bots/{backend.bot.bot_id}"


async def test_bots_are_listed_and_read(client: httpx.AsyncClient, backend: Backend) -> None:
    listed = (await client.get("/v1/bots")).json()["bots"]

    assert listed == [(await client.get(path(backend))).json()]
    assert listed[0]["dataset_ids"] == [str(backend.dataset.dataset_id)]
    assert (listed[0]["reranker"], listed[0]["minimum_confidence"]) == (None, DEFAULT_CONFIDENCE)


async def test_what_is_named_is_set_and_the_rest_stays(client: httpx.AsyncClient, backend: Backend) -> None:
    first = (await client.patch(path(backend), json={"reranker": "cohere"})).json()
    second = (await client.patch(path(backend), json={"minimum_confidence": 0.3})).json()

    assert (first["reranker"], first["version"]) == ("cohere", 2)
    assert (second["reranker"], second["minimum_confidence"], second["version"]) == ("cohere", 0.3, 3)


async def test_null_puts_a_field_back_to_its_default(client: httpx.AsyncClient, backend: Backend) -> None:
    await client.patch(path(backend), json={"reranker": "none", "minimum_confidence": 1})
    changed = (await client.patch(path(backend), json={"reranker": None, "minimum_confidence": None})).json()

    assert (changed["reranker"], changed["minimum_confidence"]) == (None, DEFAULT_CONFIDENCE)


@pytest.mark.parametrize("body", [{}, {"reranker": None}, {"minimum_confidence": DEFAULT_CONFIDENCE}])
async def test_setting_what_is_set_makes_no_version(
    client: httpx.AsyncClient, backend: Backend, body: dict[str, Any]
) -> None:
    response = await client.patch(path(backend), json=body)

    assert (response.status_code, response.json()["version"]) == (200, 1)


@pytest.mark.parametrize("value", [-0.01, 1.01, "0.5", True, [0.5]])
async def test_a_confidence_is_a_number_from_0_to_1(client: httpx.AsyncClient, backend: Backend, value: Any) -> None:
    response = await client.patch(path(backend), json={"minimum_confidence": value})

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert (await client.get(path(backend))).json()["version"] == 1


async def test_only_administrators_see_and_set_bots(client: httpx.AsyncClient, backend: Backend) -> None:
    others = [scope for scope in KeyScope if scope is not KeyScope.ADMIN]
    headers = {"Authorization": f"Bearer {backend.new_key(others)}"}

    answers = [
        await client.get("/v1/bots", headers=headers),
        await client.get(path(backend), headers=headers),
        await client.patch(path(backend), headers=headers, json={"reranker": "none"}),
    ]

    assert [answer.json()["details"] for answer in answers] == [{"required_scope": "admin"}] * 3


async def test_another_tenants_bot_does_not_exist(client: httpx.AsyncClient, backend: Backend) -> None:
    headers = {"Authorization": f"Bearer {backend.new_key(tenant_id=uuid4())}"}

    changed = await client.patch(path(backend), headers=headers, json={"reranker": "none"})

    assert (changed.status_code, changed.json()["code"]) == (404, "bot_not_found")
    assert (await client.get("/v1/bots", headers=headers)).json() == {"bots": []}
