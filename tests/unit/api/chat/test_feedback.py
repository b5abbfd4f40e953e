from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.errors import AlreadyRunningError, NotFoundError
from domain.feedback.feedback import Rating
from domain.identity.principal import KeyScope
from tests.unit.api.fake_workflows import tuning_of
from tests.unit.api.fakes import Backend


async def asked(client: httpx.AsyncClient) -> str:
    return str((await client.post("/v1/chat", json={"message": "How?"})).json()["meta"]["trace_id"])


async def test_a_word_on_an_answer_is_stored_and_a_later_one_takes_its_place(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    trace = await asked(client)
    for rating in ("down", "up"):
        response = await client.post("/v1/feedback", json={"trace_id": trace, "rating": rating, "comment": "Hm."})
        assert (response.status_code, response.json()["rating"]) == (200, rating)
    (stored,) = backend.feedback.given.values()
    assert (stored.rating, stored.comment, stored.turn_id) == (Rating.UP, "Hm.", trace)
    assert backend.tunings.scheduled == [backend.tenant_id] * 2


async def test_anothers_turn_does_not_exist(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, backend: Backend
) -> None:
    trace = await asked(client)
    headers = {"Authorization": f"Bearer {backend.new_key([KeyScope.CHAT])}"}
    mine, none = [
        await anonymous.post("/v1/feedback", json={"trace_id": one, "rating": "up"}, headers=headers)
        for one in (trace, "0" * 32)
    ]
    assert (mine.status_code, none.status_code) == (404, 404)
    assert backend.feedback.given == {}


async def test_a_passage_that_is_not_there_is_told(client: httpx.AsyncClient, backend: Backend) -> None:
    trace = await asked(client)
    backend.feedback.failure = NotFoundError("There is no such passage.")
    body = {"trace_id": trace, "rating": "down", "passage_id": str(uuid4())}
    assert (await client.post("/v1/feedback", json=body)).status_code == 404


@pytest.mark.parametrize("change", [{"rating": "meh"}, {"comment": " "}, {"trace_id": 3}, {"stars": 5}])
async def test_a_word_that_makes_no_sense_is_refused(client: httpx.AsyncClient, change: dict[str, Any]) -> None:
    response = await client.post("/v1/feedback", json={"trace_id": "0" * 32, "rating": "up", **change})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


async def test_analytics_need_their_scope(client: httpx.AsyncClient, backend: Backend) -> None:
    trace = await asked(client)
    await client.post("/v1/feedback", json={"trace_id": trace, "rating": "down"})
    assert (await client.get("/v1/feedback/analytics")).status_code == 403
    headers = {"Authorization": f"Bearer {backend.new_key([KeyScope.AUDIT_READ])}"}
    found = await client.get("/v1/feedback/analytics", params={"days": 7}, headers=headers)
    assert (found.json()["ups"], found.json()["downs"]) == (0, 1)


async def test_an_administrator_learns_goes_back_and_lists(anonymous: httpx.AsyncClient, backend: Backend) -> None:
    anonymous.headers["X-API-Key"] = backend.new_key([KeyScope.ADMIN])
    backend.feedback.tunings = (tuning_of(2), tuning_of(1))
    learned = await anonymous.post("/v1/admin/tuning", json={})
    back = await anonymous.post("/v1/admin/tuning", json={"activate": 0})
    assert (learned.json()["boosts"][0]["boost"], back.json()["version"]) == (1.05, 0)
    assert [one.activate for one in backend.tunings.asked] == [None, 0]
    assert [one["version"] for one in (await anonymous.get("/v1/admin/tuning")).json()["items"]] == [2, 1]


async def test_two_tunings_at_once_are_refused(anonymous: httpx.AsyncClient, backend: Backend) -> None:
    anonymous.headers["X-API-Key"] = backend.new_key([KeyScope.ADMIN])
    backend.tunings.failure = AlreadyRunningError("It runs.")
    assert (await anonymous.post("/v1/admin/tuning", json={})).status_code == 409
