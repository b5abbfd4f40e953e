"""One document has one name, and its address is one."""

import httpx
import pytest

from tests.unit.api.fakes import Backend


async def upload(client: httpx.AsyncClient, backend: Backend, **fields: str) -> httpx.Response:
    path = f"/v1/datasets/{backend.dataset.dataset_id}/documents"
    return await client.post(path, files={"file": ("x.md", b"# A")}, data=fields)


@pytest.mark.parametrize(
    "name",
    [
        *(" a/b.md", "a/b.md ", "a / b.md", "a/ b.md", "\uff41/b.md", "a/b\uff0emd", "a/b\u2024md"),
        *("\u00a0a/b.md", "a/b.md\u200d", "a\u200c/\u200db.md", "a/b\u200c.md"),
    ],
)
async def test_spellings_that_look_alike_name_one_document(
    client: httpx.AsyncClient, backend: Backend, name: str
) -> None:
    plain, other = await upload(client, backend, name="a/b.md"), await upload(client, backend, name=name)

    assert (other.status_code, other.json()["name"]) == (202, "a/b.md")
    assert other.json()["document_id"] == plain.json()["document_id"]


@pytest.mark.parametrize(
    "name",
    ["\uff0e\uff0e/a.md", "a\uff0fb.md", "a\u2215b.md", "a\u2044b.md", "a\u29f5b", "\u2100.md", "\u3164", "a/\u2025/b"],
)
async def test_letters_that_stand_for_a_path_are_refused(
    client: httpx.AsyncClient, backend: Backend, name: str
) -> None:
    response = await upload(client, backend, name=name)

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert backend.object_store.stored == {}


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        ("Screenshot 2025-05-01 at 9.41.07\u202fAM.md", "Screenshot 2025-05-01 at 9.41.07 AM.md"),
        ("Preise\u00a02025.md", "Preise 2025.md"),
        ("\u0646\u0627\u0645\u0647\u200c\u0647\u0627.md",) * 2,
        ("\u0915\u094d\u200d\u0937.md",) * 2,
        ("\U0001f469\u200d\U0001f4bb notes.md",) * 2,
    ],
    ids=["macOS", "space that does not break", "Persian", "Hindi", "emoji"],
)
async def test_names_as_systems_and_languages_write_them_are_taken(
    client: httpx.AsyncClient, backend: Backend, sent: str, known: str
) -> None:
    response = await upload(client, backend, name=sent)

    assert (response.status_code, response.json()["name"]) == (202, known)


@pytest.mark.parametrize("name", ["a\u202eb.md", "a\x00b.md", "a\u2028b.md", "a\u200bb.md", "a\x85b.md", "\u200d"])
async def test_controls_are_no_part_of_a_name(client: httpx.AsyncClient, backend: Backend, name: str) -> None:
    assert (await upload(client, backend, name=name)).status_code == 422


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@example.com/",
        "https://user@example.com/",
        "https://@example.com/",
        'https://example.com/"onmouseover=alert(1)',
        "https://example.com/'",
        "https://example.com/<script>",
        "https://example.com/a b",
        "https://example.com\\\\evil.example/",
        "https://example.com/`",
        "https://example.com:99999999/",
    ],
)
async def test_an_address_holds_nothing_that_a_page_would_take_for_markup(
    client: httpx.AsyncClient, backend: Backend, url: str
) -> None:
    response = await upload(client, backend, url=url)

    assert (response.status_code, response.json()["details"]["errors"][0]["field"]) == (422, "url")
    assert "hunter2" not in response.text


@pytest.mark.parametrize("url", ["https://example.com/a%20b?c=d&e=%22#f", "http://m\u00fcller.example:8080/@user/(x)"])
async def test_an_ordinary_address_is_taken(client: httpx.AsyncClient, backend: Backend, url: str) -> None:
    assert (await upload(client, backend, url=url)).status_code == 202
