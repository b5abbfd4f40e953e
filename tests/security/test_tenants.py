"""No existence oracle: what belongs to somebody else is answered, byte for byte, like what does not exist.

For every operation and every id that it takes, in the path, the query or the body.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from domain.identity.principal import KeyScope
from tests.fixtures.stack import Stack
from tests.security.cases import JSON, UPLOAD
from tests.security.conftest import House, KeyRing, unknown_like
from tests.security.operations import OPERATIONS, Operation, Schema, variants
from tests.security.wire import Answer, Headers, exchange

# An `after` is the id of what the list before it ended with.
_AFTER = {
    "/v1/ingests": "ingest_id",
    "/v1/datasets/{dataset_id}/documents": "document_id",
    "/v1/turns": "trace_id",
    "/v1/conversations": "session_id",
}
# They say by what the one thing that is asked for is to be read.
_READ_BY = ("turn", "bot_id")
_CHANGING = {"x-request-id", "date"}


@dataclass(frozen=True)
class Probe:
    """An operation, and a place in its request that takes the id called ``subject``."""

    operation: Operation
    where: str
    name: str
    subject: str

    def __str__(self) -> str:
        """For the ids of tests."""
        return f"{self.operation}: {self.where} {self.name}"


def _is_id(schema: Schema) -> bool:
    kinds = variants(schema)
    inner = [one for kind in kinds if kind.get("type") == "array" for one in variants(kind["items"])]
    return any(kind.get("format") == "uuid" for kind in (*kinds, *inner))


def _probes() -> Iterator[Probe]:
    for operation in OPERATIONS:
        for parameter in operation.parameters:
            if parameter.is_id and parameter.where in ("path", "query"):
                subject = {"after": _AFTER.get(operation.path), "turn": "trace_id"}.get(parameter.name, parameter.name)
                assert subject is not None, f"{operation} has an `after` of its own kind"
                yield Probe(operation, parameter.where, parameter.name, subject)
        if operation.body == "json":
            for name, schema in operation.body_schema["properties"].items():
                if name == "trace_id" or _is_id(schema):
                    yield Probe(operation, "body", name, name.removesuffix("s"))


PROBES = tuple(_probes())


def ask(stack: Stack, probe: Probe, own: House, asked_for: str, key: Headers) -> Answer:
    """The operation, valid in everything but that it names ``asked_for``."""
    target, headers, content = probe.operation.path, key, None
    if probe.where == "path":
        target = target.replace("{" + probe.name + "}", asked_for)
    target = own.fill(target)
    if probe.where == "query":
        target += f"?{probe.name}={asked_for}"
    if probe.operation.body == "json":
        example = probe.operation.example
        body: dict[str, Any] = {name: own.ids.get(name, value) for name, value in example.items()}
        if probe.where == "body":
            body[probe.name] = [asked_for] if probe.name.endswith("s") else asked_for
        headers, content = (*key, *JSON), json.dumps(body).encode()
    if probe.operation.body == "form":
        headers, content = (*key, *UPLOAD.headers), UPLOAD.content
    return exchange(stack.api_url, probe.operation.method, target, headers, content)


def told(answer: Answer, asked_for: str) -> tuple[object, ...]:
    """All that a client can see, but for what differs between any two answers."""
    headers = {name: value for name, value in answer.headers.items() if name not in _CHANGING}
    return answer.status, answer.content.replace(asked_for.encode(), b"<id>"), headers


def expected_status(probe: Probe) -> int:
    """Lists say nothing about an unknown id; everything else says that it is not there."""
    return 200 if probe.where == "query" and probe.name not in _READ_BY else 404


@pytest.mark.parametrize("probe", PROBES, ids=str)
def test_what_is_another_tenants_is_answered_like_what_does_not_exist(
    stack: Stack, ours: House, theirs: House, key_ring: KeyRing, probe: Probe
) -> None:
    foreign, key = theirs.ids[probe.subject], key_ring.headers("good")
    nobodys = unknown_like(foreign)

    one = told(ask(stack, probe, ours, foreign, key), foreign)
    other = told(ask(stack, probe, ours, nobodys, key), nobodys)

    assert one == other
    assert one[0] == expected_status(probe)


@pytest.mark.parametrize("probe", [one for one in PROBES if one.subject in ("session_id", "trace_id")], ids=str)
def test_what_is_another_askers_is_answered_like_what_does_not_exist(
    stack: Stack, ours: House, key_ring: KeyRing, probe: Probe
) -> None:
    colleague = key_ring.with_scopes(KeyScope.CHAT)
    known = ours.ids[probe.subject]
    nobodys = unknown_like(known)

    one = told(ask(stack, probe, ours, known, colleague), known)
    other = told(ask(stack, probe, ours, nobodys, colleague), nobodys)

    assert one == other
    # The audit needs a right that the colleague has not, and says so before it looks.
    assert one[0] == (403 if "/audit/" in probe.operation.path else expected_status(probe))


@pytest.mark.parametrize("probe", [one for one in PROBES if one.where == "path"], ids=str)
def test_the_probes_meet_something(stack: Stack, theirs: House, probe: Probe) -> None:
    """The other tests would pass on an empty system."""
    if probe.operation.method == "GET":
        key = (("X-API-Key", theirs.tenant.api_key),)
        assert ask(stack, probe, theirs, theirs.ids[probe.subject], key).status == 200
