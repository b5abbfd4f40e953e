"""Every way of asking wrongly gets the one error shape and the right status."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.unit.api.fake_ports import key_text
from tests.unit.api.fakes import Backend

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Case:
    name: str
    status: int
    code: str
    content: bytes = b'{"message": "How?"}'
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    method: str = "POST"
    path: str = "/v1/chat"


CASES = [
    Case("no body", 400, "malformed_request", b""),
    Case("not JSON", 400, "malformed_request", b"{"),
    Case("not UTF-8", 400, "malformed_request", b'{"message": "\xff\xfe"}'),
    Case("UTF-16", 400, "malformed_request", '{"message": "How?"}'.encode("utf-16")),
    Case("nested beyond reason", 400, "malformed_request", b"[" * 15_000),
    Case("no content type", 415, "unsupported_media_type", headers={}),
    Case("another content type", 415, "unsupported_media_type", headers={"Content-Type": "text/plain"}),
    Case(
        "another charset", 415, "unsupported_media_type", headers={"Content-Type": "application/json; charset=latin-1"}
    ),
    Case("empty object", 422, "invalid_request", b"{}"),
    Case("not an object", 422, "invalid_request", b"[]"),
    Case("empty message", 422, "invalid_request", b'{"message": ""}'),
    Case("blank message", 422, "invalid_request", b'{"message": " \\u200b\\n "}'),
    Case("null message", 422, "invalid_request", b'{"message": null}'),
    Case(
        "message and messages",
        422,
        "invalid_request",
        b'{"message": "a", "messages": [{"role": "user", "content": "a"}]}',
    ),
    Case("no messages", 422, "invalid_request", b'{"messages": []}'),
    Case("last message not a user's", 422, "invalid_request", b'{"messages": [{"role": "assistant", "content": "a"}]}'),
    Case("unknown role", 422, "invalid_request", b'{"messages": [{"role": "system", "content": "a"}]}'),
    Case("unknown field", 422, "invalid_request", b'{"message": "a", "botid": "b"}'),
    Case("message too long", 422, "invalid_request", b'{"message": "' + b"a" * 8_001 + b'"}'),
    Case(
        "too many messages",
        422,
        "invalid_request",
        b'{"messages": [' + b",".join([b'{"role": "user", "content": "a"}'] * 51) + b"]}",
    ),
    Case("NUL in the message", 422, "invalid_request", b'{"message": "a\\u0000b"}'),
    Case("lone surrogate", 422, "invalid_request", b'{"message": "a\\ud800b"}'),
    Case("lone surrogate in metadata", 422, "invalid_request", b'{"message": "a", "metadata": {"\\ud800": 1}}'),
    Case("infinite number in metadata", 422, "invalid_request", b'{"message": "a", "metadata": {"n": 1e999}}'),
    Case(
        "deep metadata", 422, "invalid_request", b'{"message": "a", "metadata": {"n": ' + b"[" * 20 + b"]" * 20 + b"}}"
    ),
    Case(
        "very deep metadata",
        422,
        "invalid_request",
        b'{"message": "a", "metadata": {"n": ' + b"[" * 600 + b"]" * 600 + b"}}",
    ),
    Case("large metadata", 422, "invalid_request", b'{"message": "a", "metadata": {"n": "' + b"a" * 4_096 + b'"}}'),
    Case("bot id not a UUID", 422, "invalid_request", b'{"message": "a", "bot_id": "x"}'),
    Case("unknown bot", 404, "bot_not_found", b'{"message": "a", "bot_id": "%s"}' % str(uuid4()).encode()),
    Case("unknown pack", 404, "pack_not_found", b'{"message": "a", "pack_hint": "nothing"}'),
    Case("unknown session", 404, "session_not_found", b'{"message": "a", "session_id": "%s"}' % str(uuid4()).encode()),
    Case("empty key", 422, "invalid_request", headers={**JSON, "Idempotency-Key": ""}),
    Case("key too long", 422, "invalid_request", headers={**JSON, "Idempotency-Key": "k" * 256}),
    Case("key not printable", 422, "invalid_request", headers={**JSON, "Idempotency-Key": "a\tb"}),
    Case("announced too large", 413, "too_large", b" " * 16_385),
    Case("compressed", 415, "unsupported_media_type", headers={**JSON, "Content-Encoding": "gzip"}),
    Case("NaN, which JSON has not", 400, "malformed_request", b'{"message": "a", "metadata": {"n": NaN}}'),
    Case("unknown parameter", 422, "invalid_request", b"", {}, "GET", "/v1/ingests?stat=failed"),
    Case("parameter twice", 422, "invalid_request", b"", {}, "GET", "/v1/ingests?limit=1&limit=2"),
    Case("unknown path", 404, "not_found", path="/v1/nothing"),
    Case("trailing slash", 404, "not_found", path="/v1/chat/"),
    Case("wrong method", 405, "method_not_allowed", method="DELETE"),
    Case("unknown turn", 404, "not_found", b"", {}, "GET", f"/v1/turns/{'0' * 32}"),
    Case("trace id of the wrong form", 404, "not_found", b"", {}, "GET", "/v1/turns/..%2f"),
    Case("unknown ingest", 404, "not_found", b"", {}, "GET", f"/v1/ingests/{uuid4()}"),
    Case("ingest id not a UUID", 422, "invalid_request", b"", {}, "GET", "/v1/ingests/x"),
    Case("unknown ingest state", 422, "invalid_request", b"", {}, "GET", "/v1/ingests?state=x"),
    Case("page too large", 422, "invalid_request", b"", {}, "GET", "/v1/ingests?limit=1000"),
    Case("unknown conversation", 404, "session_not_found", b"", {}, "GET", f"/v1/conversations/{uuid4()}"),
    Case("audit without the scope", 403, "permission_denied", b"", {}, "GET", f"/v1/audit/{'0' * 32}"),
    Case("upload that is not multipart", 415, "unsupported_media_type", path="DOCUMENTS"),
    Case(
        "upload without a file",
        422,
        "invalid_request",
        b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--b--\r\n',
        {"Content-Type": "multipart/form-data; boundary=b"},
        path="DOCUMENTS",
    ),
    Case(
        "broken multipart",
        400,
        "malformed_request",
        b"--x--",
        {"Content-Type": "multipart/form-data"},
        path="DOCUMENTS",
    ),
    Case("unknown dataset", 404, "dataset_not_found", path=f"/v1/datasets/{uuid4()}/documents"),
]


def assert_error_shape(response: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    assert set(body) == {"code", "message", "details"}
    assert isinstance(body["message"], str)
    assert body["message"]
    assert isinstance(body["details"], dict)
    assert response.headers["x-request-id"]
    return body


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_bad_input_is_refused_in_the_error_shape(case: Case, client: httpx.AsyncClient, backend: Backend) -> None:
    path = case.path.replace("DOCUMENTS", f"/v1/datasets/{backend.dataset.dataset_id}/documents")

    response = await client.request(case.method, path, content=case.content, headers=case.headers)

    assert (response.status_code, assert_error_shape(response)["code"]) == (case.status, case.code)
    assert backend.turn_runs.started == {}


async def test_a_chunked_body_is_counted_while_it_comes_in(client: httpx.AsyncClient) -> None:
    async def chunks() -> Any:
        for _ in range(20):
            yield b" " * 1_000

    response = await client.post("/v1/chat", content=chunks(), headers=JSON)

    assert response.status_code == 413
    assert assert_error_shape(response)["details"] == {"limit_bytes": 16_384}


async def test_validation_errors_name_fields_and_never_repeat_values(client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/v1/chat", json={"messages": [{"role": "hunter2", "content": "hunter2"}], "password": "hunter2"}
    )

    fields = [error["field"] for error in assert_error_shape(response)["details"]["errors"]]
    assert fields == ["messages.0.role", "password"]
    assert "hunter2" not in response.text


@pytest.mark.parametrize("name", ["Idempotency-Key", "Content-Type", "Last-Event-ID"])
async def test_a_header_that_comes_twice_is_refused(client: httpx.AsyncClient, backend: Backend, name: str) -> None:
    twice = [*JSON.items(), (name, "application/json"), (name, "application/json")]

    response = await client.post("/v1/chat", content=b'{"message": "How?"}', headers=twice)

    assert (response.status_code, assert_error_shape(response)["details"]) == (400, {"header": name})
    assert backend.turn_runs.started == {}


@pytest.mark.parametrize(
    "name",
    [
        "a//b.md",
        "/a.md",
        "a/",
        "./a.md",
        "a/./b.md",
        "../a.md",
        "a/../../b.md",
        "..",
        ".",
        "a/ ../b.md",
        "..\\a.md",
        " ",
    ],
)
async def test_a_document_has_one_spelling_of_its_name(client: httpx.AsyncClient, backend: Backend, name: str) -> None:
    path = f"/v1/datasets/{backend.dataset.dataset_id}/documents"

    response = await client.post(path, files={"file": ("x.md", b"# A")}, data={"name": name})

    assert (response.status_code, assert_error_shape(response)["code"]) == (422, "invalid_request")
    assert backend.object_store.stored == {}


@pytest.mark.parametrize(("path", "allowed"), [("/v1/chat", "POST"), ("/v1/datasets/x/documents", "GET, POST")])
async def test_a_wrong_method_names_the_right_ones(client: httpx.AsyncClient, path: str, allowed: str) -> None:
    assert (await client.patch(path)).headers["allow"] == allowed


def bad_keys(backend: Backend, good: str) -> dict[str, dict[str, str]]:
    foreign = good.replace(backend.tenant_id.hex, uuid4().hex)
    return {
        "none": {},
        "empty": {"Authorization": "Bearer "},
        "malformed": {"X-API-Key": "ans_x"},
        "another scheme": {"Authorization": f"Basic {good}"},
        "unknown prefix": {"X-API-Key": key_text(backend.tenant_id, "f" * 12)},
        "wrong secret": {"X-API-Key": good[:-1] + "x"},
        "another tenant's": {"Authorization": f"Bearer {foreign}"},
        "a second one beside it": {"Authorization": f"Bearer {good}", "X-API-Key": "ans_x"},
        "not ASCII": {"X-API-Key": "schlüssel"},
        "something behind it": {"X-API-Key": good + "x"},
    }


async def test_every_bad_key_is_refused_alike(anonymous: httpx.AsyncClient, backend: Backend, key: str) -> None:
    responses = {}
    for name, headers in bad_keys(backend, key).items():
        encoded = {header: value.encode("latin-1") for header, value in headers.items()}
        responses[name] = await anonymous.get("/v1/datasets", headers=encoded)  # type: ignore[arg-type]

    assert {name: found.status_code for name, found in responses.items()} == dict.fromkeys(responses, 401)
    assert len({found.text for found in responses.values()}) == 1
    assert {found.headers["www-authenticate"] for found in responses.values()} == {'Bearer realm="answerable"'}
    assert assert_error_shape(responses["none"])["code"] == "not_authenticated"


async def test_authentication_comes_before_the_body_is_looked_at(anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.post("/v1/chat", content=b"{", headers=JSON)).status_code == 401


@pytest.mark.parametrize("headers", [{"Authorization": "bearer {}"}, {"X-API-Key": "{}"}])
async def test_a_key_is_taken_from_either_header(
    anonymous: httpx.AsyncClient, key: str, headers: dict[str, str]
) -> None:
    sent = {name: value.format(key) for name, value in headers.items()}

    assert (await anonymous.get("/v1/datasets", headers=sent)).status_code == 200
