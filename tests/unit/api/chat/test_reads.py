"""Listings, audit, health and the description of the API."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.audit.projection import RecordedEvent
from domain.base import JsonValue
from domain.errors import DatabaseUnavailableError, WorkflowServiceUnavailableError
from domain.identity.principal import KeyScope
from tests.unit.api.fake_ports import NOW
from tests.unit.api.fakes import Backend

TRACE = "0123456789abcdef" * 2


@pytest.fixture
def auditor(backend: Backend) -> dict[str, str]:
    return {"Authorization": f"Bearer {backend.new_key((KeyScope.AUDIT_READ, KeyScope.CHAT))}"}


async def test_packs_and_datasets_are_listed(client: httpx.AsyncClient, backend: Backend) -> None:
    packs = (await client.get("/packs")).json()["packs"]
    datasets = (await client.get("/v1/datasets")).json()["datasets"]

    assert [pack["pack_id"] for pack in packs] == ["support"]
    assert [dataset["dataset_id"] for dataset in datasets] == [str(backend.dataset.dataset_id)]


@pytest.mark.parametrize("path", ["/v1/audit/", "/audit/"])
async def test_an_audit_is_projected_from_the_history(
    client: httpx.AsyncClient, backend: Backend, auditor: dict[str, str], path: str
) -> None:
    backend.turn_runs.recorded = [
        RecordedEvent(sequence=1, timestamp=NOW, kind="started", payload={"message": "mail a@example.com"})
    ]

    body = (await client.get(path + TRACE, headers=auditor)).json()

    assert body["trace_id"] == TRACE
    assert [event["kind"] for event in body["events"]] == ["request_received"]
    assert body["events"][0]["data"]["message_preview"] == "mail [email]"


async def test_the_audit_of_an_unknown_trace_does_not_exist(client: httpx.AsyncClient, auditor: dict[str, str]) -> None:
    assert (await client.get(f"/v1/audit/{TRACE}", headers=auditor)).status_code == 404


async def test_an_audit_past_its_retention_is_gone_and_not_unknown(
    client: httpx.AsyncClient, auditor: dict[str, str]
) -> None:
    trace_id = (await client.post("/v1/chat", json={"message": "How?"})).json()["meta"]["trace_id"]

    response = await client.get(f"/v1/audit/{trace_id}", headers=auditor)

    assert (response.status_code, response.json()["code"]) == (410, "history_expired")


async def test_health_needs_neither_key_nor_dependency(anonymous: httpx.AsyncClient, backend: Backend) -> None:
    backend.datasets.failure = DatabaseUnavailableError("down")

    for path in ("/health", "/v1/health"):
        assert (await anonymous.get(path)).json() == {"status": "ok"}


async def test_readiness_names_what_is_broken_and_how_to_mend_it(
    anonymous: httpx.AsyncClient, backend: Backend
) -> None:
    backend.service.failure = WorkflowServiceUnavailableError("down")

    response = await anonymous.get("/v1/ready")

    found = {one["name"]: (one["ok"], one["hint"]) for one in response.json()["dependencies"]}
    assert (response.status_code, response.json()["ready"]) == (503, False)
    assert found["database"] == (True, None)
    assert found["temporal"][0] is False
    assert "TEMPORAL_ADDRESS" in found["temporal"][1]


async def test_readiness_survives_an_unexpected_failure(anonymous: httpx.AsyncClient, backend: Backend) -> None:
    backend.datasets.failure = ZeroDivisionError()

    assert (await anonymous.get("/v1/ready")).status_code == 503


async def test_all_is_ready(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/v1/ready")

    assert (response.status_code, response.json()["ready"]) == (200, True)


async def test_anothers_turn_takes_the_steps_of_one_that_does_not_exist(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    theirs = {"Authorization": f"Bearer {backend.new_key()}"}
    asked = await client.post("/v1/chat", json={"message": "How?"}, headers=theirs)
    trace_id = asked.json()["meta"]["trace_id"]
    backend.turn_runs.sought.clear()

    anothers = await client.get(f"/v1/turns/{trace_id}")
    nobodys = await client.get(f"/v1/turns/{TRACE}")

    assert (anothers.status_code, nobodys.status_code) == (404, 404)
    # A workflow that is found takes longer than one that is not.
    assert [sought == trace_id for sought in backend.turn_runs.sought] == [False, False]


async def test_many_who_ask_for_readiness_are_one_question(anonymous: httpx.AsyncClient, backend: Backend) -> None:
    answers = await asyncio.gather(*(anonymous.get("/v1/ready") for _ in range(60)))

    assert {answer.status_code for answer in answers} == {200}
    assert backend.service.checks == 1
    assert answers[0].json()["warnings"] == []


async def test_an_unexpected_error_leaks_nothing_and_can_be_looked_up(
    client: httpx.AsyncClient, backend: Backend, logs: list[Any]
) -> None:
    backend.datasets.failure = RuntimeError("password=hunter2")

    response = await client.get("/v1/datasets", headers={"X-Request-Id": "ticket-42"})

    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert response.json()["details"] == {"request_id": "ticket-42"}
    assert response.headers["x-request-id"] == "ticket-42"
    assert "hunter2" not in response.text
    assert [line["event"] for line in logs] == ["unexpected_error", "request"]


async def test_a_request_is_logged_without_its_body_and_its_key(
    client: httpx.AsyncClient, key: str, logs: list[Any]
) -> None:
    await client.post("/v1/chat?alias=output", json={"message": "hunter2"})

    assert [(line["method"], line["path"], line["status"]) for line in logs] == [("POST", "/v1/chat", 200)]
    assert logs[0]["principal_id"] == "key-1"
    assert not [value for value in logs[0].values() if key in str(value) or "hunter2" in str(value)]


async def test_a_request_id_that_could_forge_log_lines_is_replaced(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/health", headers={"X-Request-Id": "x" * 65})

    assert response.headers["x-request-id"] != "x" * 65


async def test_an_unreachable_database_is_said_at_the_door(client: httpx.AsyncClient, backend: Backend) -> None:
    backend.api_keys.failure = DatabaseUnavailableError("The database does not answer.")

    response = await client.get("/v1/datasets")

    assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")


async def test_every_operation_documents_the_error_shape_and_its_security(anonymous: httpx.AsyncClient) -> None:
    document = (await anonymous.get("/v1/openapi.json")).json()

    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            errors = {s: r for s, r in operation["responses"].items() if s[0] in "45" and path != "/v1/ready"}
            refs = [body["content"]["application/json"]["schema"]["$ref"] for body in errors.values()]
            assert all(ref.endswith("/ErrorBody") for ref in refs), path
            if path not in ("/v1/health", "/v1/ready"):
                assert {"401", "403", "422", "500", "503"} <= set(errors), path
                assert operation["security"] == [{"BearerKey": []}, {"HeaderKey": []}]


async def test_every_body_has_an_example(anonymous: httpx.AsyncClient) -> None:
    schemas = (await anonymous.get("/v1/openapi.json")).json()["components"]["schemas"]
    bodies = [name for name in schemas if name.endswith(("Request", "Response", "Status", "Accepted", "Body", "Page"))]

    parts_of_others = {"CitationBody", "MetaBody", "MessageBody"}
    assert [name for name in bodies if "examples" not in schemas[name] and name not in parts_of_others] == []


async def test_a_dataset_of_a_pack_that_is_not_installed_is_told_and_a_warning(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    backend.datasets.others = (backend.dataset.model_copy(update={"dataset_id": uuid4(), "pack_id": "gone"}),)

    found = (await client.get("/v1/datasets")).json()["datasets"]

    assert [(one["pack_id"], one["available"]) for one in found] == [("support", True), ("gone", False)]
    (warning,) = (await client.get("/v1/ready")).json()["warnings"]
    assert warning.startswith("The pack 'gone' is not installed")


async def test_an_audit_names_passages_that_its_reader_may_not_see_by_their_ids_alone(
    client: httpx.AsyncClient, backend: Backend, auditor: dict[str, str]
) -> None:
    passages: list[JsonValue] = [
        {
            "version_id": str(UUID(int=number)),
            "title": f"Of a{number}@example.com",
            "section_heading": "Call 030 901820",
        }
        for number in (1, 2)
    ]
    envelope: JsonValue = {
        "kind": "retrieval_performed",
        "given": {},
        "decided": {"passages": passages},
        "versions": {},
        "started_at": NOW.isoformat(),
        "duration_ms": 1.0,
    }
    backend.documents.unseen = {UUID(int=2)}
    backend.turn_runs.recorded = [
        RecordedEvent(sequence=1, timestamp=NOW, kind="step_completed", payload={"envelopes": [envelope]})
    ]

    (event,) = (await client.get(f"/v1/audit/{TRACE}", headers=auditor)).json()["events"]

    shown = [(one["title"], one["section_heading"]) for one in event["data"]["decided"]["passages"]]
    assert shown == [("Of [email]", "Call [phone]"), ("[withheld]", "[withheld]")]
