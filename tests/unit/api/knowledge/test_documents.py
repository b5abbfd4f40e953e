from uuid import uuid4

import httpx

from domain.errors import WorkflowServiceUnavailableError
from domain.identity.principal import KeyScope
from domain.knowledge.ingest import IngestState
from tests.unit.api.fakes import Backend
from tests.unit.api.knowledge.test_uploads import upload


def path(backend: Backend, document_id: object = "") -> str:
    return f"/v1/datasets/{backend.dataset.dataset_id}/documents/{document_id}".rstrip("/")


async def test_documents_are_listed_with_what_answers_and_what_came_last(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    backend.document_runs.at_once = True
    for name in ("b.md", "a.md", "c.md"):
        await upload(client, backend, content=name.encode(), filename=name)

    first = (await client.get(path(backend), params={"limit": 2})).json()
    second = (await client.get(path(backend), params={"limit": 2, "after": first["next"]})).json()

    assert [one["name"] for one in first["items"] + second["items"]] == ["a.md", "b.md", "c.md"]
    assert (first["items"][0]["state"], first["items"][0]["live"]["version"]) == ("live", 2)
    assert (first["items"][0]["latest"]["state"], second["next"]) == ("succeeded", None)


async def test_a_document_that_never_got_in_says_why(client: httpx.AsyncClient, backend: Backend) -> None:
    backend.document_runs.state = IngestState.FAILED
    backend.document_runs.at_once = True
    await upload(client, backend)

    listed = (await client.get(path(backend))).json()["items"]

    assert [(one["state"], one["live"]) for one in listed] == [("absent", None)]


async def test_deleting_goes_through_the_workflow_once_and_is_idempotent(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    document_id = (await upload(client, backend)).json()["document_id"]

    first = await client.delete(path(backend, document_id))
    again = await client.delete(path(backend, document_id))

    assert (first.status_code, first.json()["state"], again.json()) == (200, "deleted", first.json())
    assert [str(removal.document_id) for removal in backend.document_runs.removed] == [document_id]
    assert (await client.get(path(backend))).json()["items"] == []
    deleted = (await client.get(path(backend), params={"state": "deleted"})).json()["items"]
    assert [one["document_id"] for one in deleted] == [document_id]


async def test_what_is_not_there_or_not_yours_cannot_be_told_apart(client: httpx.AsyncClient, backend: Backend) -> None:
    document_id = (await upload(client, backend)).json()["document_id"]
    stranger = {"Authorization": f"Bearer {backend.new_key(tenant_id=uuid4())}"}

    unknown = await client.delete(path(backend, uuid4()))
    elsewhere = await client.delete(f"/v1/datasets/{uuid4()}/documents/{document_id}")
    foreign = await client.delete(path(backend, document_id), headers=stranger)

    for response in (unknown, elsewhere, foreign):
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert len({response.json()["message"] for response in (unknown, elsewhere, foreign)}) == 1
    assert backend.document_runs.removed == []


async def test_deleting_needs_the_right_to_write(client: httpx.AsyncClient, backend: Backend) -> None:
    document_id = (await upload(client, backend)).json()["document_id"]
    reader = {"Authorization": f"Bearer {backend.new_key((KeyScope.KNOWLEDGE_READ,))}"}

    response = await client.delete(path(backend, document_id), headers=reader)

    assert (response.status_code, response.json()["details"]) == (403, {"required_scope": "knowledge:write"})


async def test_a_deletion_that_was_not_accepted_is_unavailable(client: httpx.AsyncClient, backend: Backend) -> None:
    document_id = (await upload(client, backend)).json()["document_id"]
    backend.document_runs.failure = WorkflowServiceUnavailableError("Temporal is away.")

    response = await client.delete(path(backend, document_id))

    assert (response.status_code, response.headers["retry-after"]) == (503, "2")


async def test_the_documents_of_an_unknown_dataset_are_not_found(client: httpx.AsyncClient) -> None:
    response = await client.get(f"/v1/datasets/{uuid4()}/documents")

    assert (response.status_code, response.json()["code"]) == (404, "dataset_not_found")
