import hashlib
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.identity.principal import KeyScope
from domain.knowledge.ingest import IngestState
from tests.unit.api.fakes import Backend

CONTENT = b"# Rotate an API key\n\nOpen Settings."


async def upload(client: httpx.AsyncClient, backend: Backend, content: bytes = CONTENT, **kw: Any) -> httpx.Response:
    return await client.post(
        f"/v1/datasets/{backend.dataset.dataset_id}/documents",
        files={"file": (kw.pop("filename", "rotate.md"), content, kw.pop("declared", "application/octet-stream"))},
        data=kw.pop("data", {}),
        **kw,
    )


async def test_an_upload_is_stored_under_its_hash_and_accepted(client: httpx.AsyncClient, backend: Backend) -> None:
    response = await upload(client, backend, data={"name": "guides/rotate.md", "title": "Rotate"})

    digest = hashlib.sha256(CONTENT).hexdigest()
    body = response.json()
    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/ingests/{body['ingest_id']}"
    assert backend.object_store.stored == {f"{backend.tenant_id}/{digest}/source": CONTENT}
    assert (body["name"], body["title"], body["state"], body["unchanged"]) == (
        "guides/rotate.md",
        "Rotate",
        "queued",
        False,
    )
    assert body["artifacts"] == {"source": f"s3://bucket/{backend.tenant_id}/{digest}/source"}


async def test_a_waiting_upload_returns_the_terminal_state(client: httpx.AsyncClient, backend: Backend) -> None:
    backend.document_runs.state = IngestState.FAILED

    response = await upload(client, backend, data={"wait": "true"})

    assert (response.status_code, response.json()["state"]) == (200, "failed")


async def test_unchanged_content_is_noticed(client: httpx.AsyncClient, backend: Backend) -> None:
    first = await upload(client, backend, data={"wait": "true"})

    second = await upload(client, backend)

    assert (second.status_code, second.json()["unchanged"]) == (200, True)
    assert second.json()["ingest_id"] == first.json()["ingest_id"]


async def test_a_repeated_key_is_the_same_ingest(client: httpx.AsyncClient, backend: Backend) -> None:
    headers = {"Idempotency-Key": "one"}
    first = await upload(client, backend, headers=headers)

    second = await upload(client, backend, headers=headers)

    assert second.json() == first.json()


async def test_a_repeated_key_with_another_file_is_a_conflict(client: httpx.AsyncClient, backend: Backend) -> None:
    headers = {"Idempotency-Key": "one"}
    await upload(client, backend, headers=headers)

    response = await upload(client, backend, b"Other.", headers=headers)

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("filename", "media_type"),
    [
        ("a.md", "text/markdown"),
        ("a.MARKDOWN", "text/markdown"),
        ("a.txt", "text/plain"),
        ("a", "application/octet-stream"),
    ],
)
async def test_the_name_tells_the_media_type_where_the_client_does_not(
    client: httpx.AsyncClient, backend: Backend, filename: str, media_type: str
) -> None:
    await upload(client, backend, filename=filename)

    assert [row.version.artifact.media_type for row in backend.ingests.rows.values()] == [media_type]


@pytest.mark.parametrize(
    ("declared", "media_type"),
    [
        ("Text/X-Notes; charset=utf-8", "text/x-notes"),
        ("a`b/c", "application/octet-stream"),
        (f"text/{'x' * 3_000}", "application/octet-stream"),
    ],
)
async def test_only_what_can_be_a_media_type_is_taken_for_one(
    client: httpx.AsyncClient, backend: Backend, declared: str, media_type: str
) -> None:
    await upload(client, backend, filename="notes", declared=declared)

    assert [row.version.artifact.media_type for row in backend.ingests.rows.values()] == [media_type]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": f"https://docs.example/{'a' * 2_000}"}, "url"),
        ({"visibility": "everyone"}, "visibility"),
        ({"wait": "perhaps"}, "wait"),
        ({"titel": "x"}, "titel"),
        ({"title": "a\nb"}, "title"),
        ({"title": " \u200b"}, "title"),
        ({"roles": ["a"] * 21}, "roles"),
    ],
)
async def test_bad_fields_are_named(
    client: httpx.AsyncClient, backend: Backend, data: dict[str, Any], field: str
) -> None:
    response = await upload(client, backend, data=data)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["details"]["errors"]] == [field]
    assert backend.ingests.rows == {}


async def test_an_address_may_be_long(client: httpx.AsyncClient, backend: Backend) -> None:
    url = f"https://docs.example/{'a' * 1_900}"

    assert (await upload(client, backend, data={"url": url})).json()["url"] == url


@pytest.mark.parametrize("name", ["../secret.md", "/etc/passwd", " ", "a\x07b", "n" * 501])
async def test_names_that_are_no_names_are_refused(client: httpx.AsyncClient, backend: Backend, name: str) -> None:
    assert (await upload(client, backend, data={"name": name})).status_code == 422


@pytest.mark.parametrize("size", [1_000_001, 1_400_000])
async def test_a_file_over_the_limit_is_too_large(client: httpx.AsyncClient, backend: Backend, size: int) -> None:
    response = await upload(client, backend, b"a" * size)

    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert backend.object_store.stored == {}


async def test_uploading_needs_the_scope_for_writing(client: httpx.AsyncClient, backend: Backend) -> None:
    reader = {"Authorization": f"Bearer {backend.new_key((KeyScope.KNOWLEDGE_READ,))}"}

    assert (await upload(client, backend, headers=reader)).status_code == 403


async def test_ingests_are_listed_page_by_page_newest_first(client: httpx.AsyncClient, backend: Backend) -> None:
    for number in range(5):
        await upload(client, backend, filename=f"{number}.md")

    names, after = [], None
    for _ in range(3):
        page = (await client.get("/v1/ingests", params={"limit": 2} | ({"after": after} if after else {}))).json()
        names += [item["name"] for item in page["items"]]
        after = page["next"]

    assert (names, after) == (["4.md", "3.md", "2.md", "1.md", "0.md"], None)


async def test_another_tenants_ingest_does_not_exist(client: httpx.AsyncClient, backend: Backend) -> None:
    ingest_id = (await upload(client, backend)).json()["ingest_id"]
    stranger = {"Authorization": f"Bearer {backend.new_key(tenant_id=uuid4())}"}

    assert (await client.get(f"/v1/ingests/{ingest_id}")).status_code == 200
    assert (await client.get(f"/v1/ingests/{ingest_id}", headers=stranger)).status_code == 404


async def test_labels_of_an_upload_become_the_versions(client: httpx.AsyncClient, backend: Backend) -> None:
    labels = {"tags": ["guide", "draft"], "tier": "detail", "language": "en"}
    response = await upload(client, backend, data={**labels, "attributes": '{"year": 2025, "beta": true, "for": "x"}'})

    version = next(iter(backend.ingests.rows.values())).version
    assert response.status_code == 202
    assert (version.tags, version.tier, version.language) == (("guide", "draft"), "detail", "en")
    assert version.attributes == {"year": 2025, "beta": True, "for": "x"}


@pytest.mark.parametrize(
    "attributes",
    ["year=2025", "[1]", '{"Year": 1}', '{"year": [1]}', '{"year": null}', '{"year": NaN}', '{"a": "\\u0000"}'],
)
async def test_attributes_that_no_filter_could_ask_for_are_refused(
    attributes: str, client: httpx.AsyncClient, backend: Backend
) -> None:
    response = await upload(client, backend, data={"attributes": attributes})

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("field", ["title", "visibility", "name", "wait"])
async def test_a_field_that_comes_twice_is_refused(client: httpx.AsyncClient, backend: Backend, field: str) -> None:
    response = await upload(client, backend, data={field: ["external", "internal"]})

    assert (response.status_code, response.json()["details"]["errors"][0]["field"]) == (422, field)
    assert backend.object_store.stored == {}


async def test_a_form_that_ends_before_its_last_boundary_is_refused(
    client: httpx.AsyncClient, backend: Backend
) -> None:
    """The field that is missing may be the one that says who may see the document."""
    whole = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n# A\r\n'
        b'--b\r\nContent-Disposition: form-data; name="visibility"\r\n\r\ninternal\r\n--b--\r\n'
    )
    path = f"/v1/datasets/{backend.dataset.dataset_id}/documents"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    cut_off = [await client.post(path, content=whole[:end], headers=headers) for end in range(20, len(whole) - 4, 9)]

    assert {(one.status_code, one.json()["code"]) for one in cut_off} == {(400, "malformed_request")}
    assert backend.object_store.stored == {}
    assert (await client.post(path, content=whole, headers=headers)).status_code == 202


async def test_a_name_that_is_not_utf8_is_refused_and_not_guessed(client: httpx.AsyncClient, backend: Backend) -> None:
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="%s.md"\r\n\r\n# A\r\n--b--\r\n'
    path = f"/v1/datasets/{backend.dataset.dataset_id}/documents"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    latin = await client.post(path, content=form % "é".encode("latin-1"), headers=headers)
    right = await client.post(path, content=form % "é".encode(), headers=headers)

    assert (latin.status_code, latin.json()["code"]) == (400, "malformed_request")
    assert right.json()["name"] == "é.md"
