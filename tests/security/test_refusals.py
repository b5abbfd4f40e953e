"""Every operation by every way of asking wrongly, on the real system: refused in the one error shape with the right
status, telling nothing, leaving nothing [H9]. The cases come from the OpenAPI document (operations.py, cases.py)."""

import re
from typing import Any

import pytest

from domain.identity.principal import KeyScope
from tests.architecture.sources import ROOT
from tests.fixtures.stack import Stack
from tests.security.bodies import CANARY
from tests.security.cases import CASES, FAMILIES, JSON, UPLOAD, Case, bad_bodies, bad_ids, bad_keys, wrong_methods
from tests.security.conftest import House, KeyRing, Traces
from tests.security.operations import OPERATIONS, ROUTES, Operation, methods_at
from tests.security.wire import Answer, Headers, exchange

_SECURED = [operation for operation in OPERATIONS if operation.is_secured]
# Reading one thing answers any principal of the tenant; everything else names a scope in docs/API.md.
_ANY_KEY = "any key"


def send(stack: Stack, house: House, found: Case, keys: Headers) -> Answer:
    target = house.fill(found.path) + (f"?{found.query}" if found.query else "")
    headers = (*keys, *found.headers) if found.operation.is_secured else found.headers
    return exchange(stack.api_url, found.method, target, headers, found.content, found.announced)


def error_of(answer: Answer) -> dict[str, Any]:
    """The body of a refusal. Fails unless it has the one shape."""
    assert answer.headers["content-type"] == "application/json"
    assert re.fullmatch(r"[\w.-]{1,64}", answer.headers["x-request-id"])
    body: dict[str, Any] = answer.body
    assert set(body) == {"code", "message", "details"}
    assert isinstance(body["details"], dict)
    assert 10 < len(body["message"]) < 500
    return body


@pytest.mark.parametrize("found", CASES, ids=str)
def test_a_wrong_request_is_refused_and_leaves_nothing(
    stack: Stack, ours: House, key_ring: KeyRing, traces: Traces, found: Case
) -> None:
    keys, before = key_ring.headers(found.key), traces.stored()

    answer = send(stack, ours, found, keys)

    if found.method == "HEAD":
        assert (answer.status, answer.content) == (405, b"")
        return
    body = error_of(answer)
    assert (answer.status, body["code"]) in found.codes, body
    if answer.status == 405:
        assert set(answer.headers["allow"].split(", ")) == methods_at(found.operation.path)
    if answer.status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    if found.is_routed:
        assert answer.status in found.operation.statuses, "the OpenAPI document does not say that status"
    assert CANARY.encode() not in answer.content
    assert not [secret for secret in key_ring.secrets if secret in answer.content + str(answer.headers).encode()]
    assert traces.stored() == before


def test_refused_requests_start_no_workflow_and_leave_no_secret_in_the_log(
    stack: Stack, ours: House, key_ring: KeyRing, traces: Traces
) -> None:
    before = traces.workflows()
    for found in CASES:
        if found.operation.body and found.key == "good" and found.operation.method == "POST" and found.is_routed:
            send(stack, ours, found, key_ring.headers("good"))

    assert traces.workflows() == before
    log = stack.api.log.read_bytes()
    assert not [secret for secret in key_ring.secrets if secret in log]
    assert CANARY.encode() not in log
    assert b"unexpected_error" not in log


@pytest.mark.parametrize("operation", _SECURED, ids=str)
def test_every_bad_key_gets_the_same_answer(stack: Stack, ours: House, key_ring: KeyRing, operation: Operation) -> None:
    answers = [send(stack, ours, found, key_ring.headers(found.key)) for found in bad_keys(operation)]

    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(set(answer.headers) - {"x-request-id", "date"})) for answer in answers}) == 1


def documented_scopes() -> dict[str, str]:
    """Scopes by operation, from the first table of docs/API.md; aliases stand in brackets behind."""
    page = (ROOT / "docs" / "API.md").read_text(encoding="utf-8")
    scopes: dict[str, str] = {}
    for requests, scope in re.findall(r"^\| (`[A-Z]+ /.+?) \| (.+?) \|", page, re.MULTILINE):
        method = ""
        for words in re.findall(r"`([^`]+)`", requests):
            method, path = words.split() if " " in words else (method, words)
            scopes[f"{method} {path}"] = scope.strip("`")
    return scopes


SCOPES = documented_scopes()


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_operation_stands_in_the_reference_with_its_scope(operation: Operation) -> None:
    scope = SCOPES[str(operation)]

    assert (scope == "none") is not operation.is_secured
    assert scope in {"none", _ANY_KEY, *KeyScope}


@pytest.mark.parametrize("operation", _SECURED, ids=str)
def test_an_operation_needs_its_documented_scope_and_no_other(
    stack: Stack, ours: House, key_ring: KeyRing, traces: Traces, operation: Operation
) -> None:
    required = SCOPES[str(operation)]
    others = [scope for scope in KeyScope if scope not in (required, KeyScope.ADMIN)]
    granted = [KeyScope(required)] if required != _ANY_KEY else []
    lacking, holding = key_ring.with_scopes(*others), key_ring.with_scopes(*granted)
    before = traces.stored()

    refused = _ask(stack, ours, operation, lacking)
    admitted = _ask(stack, ours, operation, holding)

    if granted:
        assert (refused.status, error_of(refused)["details"]) == (403, {"required_scope": required})
    assert admitted.status not in (401, 403)
    assert traces.stored() == before


def _ask(stack: Stack, house: House, operation: Operation, key: Headers) -> Answer:
    """A request that gets past the door and does nothing behind it: of nobody's ids, or with an unknown field."""
    target = house.fill(operation.path.replace("{", "{unknown "))
    headers, content = (*key, *JSON), b'{"no_such_field": 1}'
    if operation.body == "form":
        headers, content = (*key, *UPLOAD.headers), UPLOAD.content
    return exchange(stack.api_url, operation.method, target, headers, content if operation.body else None)


def test_every_route_has_an_operation_and_every_operation_its_cases() -> None:
    served = {(method, route.path) for route in ROUTES for method in route.methods or ()}
    assert served == {(operation.method, operation.path) for operation in OPERATIONS}
    for operation in OPERATIONS:
        own = [found for found in CASES if found.operation == operation]
        assert len(own) > 5, operation
        assert all(bad_keys in FAMILIES and list(bad_keys(one)) for one in (operation,) if one.is_secured)
        assert list(bad_bodies(operation)), operation
        if operation.parameters_in("path"):
            assert list(bad_ids(operation)), operation
    assert {found.operation.path for family in (wrong_methods,) for one in OPERATIONS for found in family(one)} == {
        operation.path for operation in OPERATIONS
    }
