"""Another tenant's id answers exactly like an id of nobody, wherever the OpenAPI document takes one [H9]."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.fixtures.stack import Stack
from tests.scenario.conftest import Tenant

_PER_ANSWER = ("x-request-id", "date")
_FORM = {"file": ("a.md", b"# A")}


@dataclass(frozen=True)
class Place:
    """Where a request takes an id: ``{name}`` in its path, or the field ``name`` of its JSON ``body``."""

    method: str
    path: str
    name: str
    body: dict[str, Any] | None = None
    is_form: bool = False


@pytest.fixture(scope="module")
def their_ids(stack: Stack, stranger: Tenant) -> dict[str, str]:
    """An id of every kind, of things that the other tenant has."""
    headers = {"Authorization": f"Bearer {stranger.api_key}"}
    with httpx.Client(base_url=stack.api_url, headers=headers, timeout=60) as client:
        asked = client.post("/v1/chat", json={"message": "How do I rotate an API key?"}).json()
        path = f"/v1/datasets/{stranger.dataset_id}/documents"
        upload = client.post(
            path, files={"file": ("keys.md", b"# Keys\n\nOpen Settings.")}, data={"wait": "true"}
        ).json()
        found = client.post("/v1/search", json={"query": "Open Settings for the keys"}).json()["results"]
    return {
        "bot_id": str(stranger.bot_id),
        "dataset_id": str(stranger.dataset_id),
        "document_id": upload["document_id"],
        "ingest_id": upload["ingest_id"],
        "passage_id": found[0]["passage_id"],
        "session_id": asked["session_id"],
        "trace_id": asked["meta"]["trace_id"],
    }


def places(document: dict[str, Any]) -> Iterator[Place]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {})
            place = Place(method.upper(), path, "", None, "multipart/form-data" in content)
            schema: dict[str, Any] = {}
            if "application/json" in content:
                reference = content["application/json"]["schema"]["$ref"]
                schema = document["components"]["schemas"][reference.rpartition("/")[2]]
                place = replace(place, body=schema["examples"][0])
            in_path = [one["name"] for one in described.get("parameters", ()) if one["in"] == "path"]
            for name in (*in_path, *(name for name in schema.get("properties", ()) if name.endswith("_id"))):
                yield replace(place, name=name)


def answer(http: httpx.Client, place: Place, ids: dict[str, str]) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body of asking with ``ids``, which are blotted out in what comes back."""
    path, body = place.path.format_map(ids), place.body
    if body is not None and "{" + place.name not in place.path:
        # An example may name a conversation or a bot of its own; the id under test has to be the only one.
        body = {name: value for name, value in body.items() if not name.endswith(("bot_id", "session_id"))}
        body[place.name] = ids[place.name]
    response = http.request(place.method, path, json=body, files=_FORM if place.is_form else None)
    headers = {name: value for name, value in response.headers.items() if name not in _PER_ANSWER}
    text = response.text
    for name, used in ids.items():
        text = text.replace(used, name)
    return response.status_code, headers, json.loads(text)


def test_nothing_tells_another_tenants_id_from_an_id_of_nobody(
    stack: Stack, http: httpx.Client, their_ids: dict[str, str]
) -> None:
    found = [place for place in places(http.get("/v1/openapi.json").json()) if place.name in their_ids]
    nobodys = {name: str(uuid4()) if "-" in known else uuid4().hex for name, known in their_ids.items()}
    # Also their document in a dataset of ours, and an unknown one in a dataset of theirs.
    ours = {**nobodys, "dataset_id": str(stack.dataset_id)}
    told = {}
    for place in found:
        for around, label in ((ours, "ours around it"), (nobodys, "nobody's around it"), (their_ids, "theirs")):
            one = answer(http, place, {**around, place.name: their_ids[place.name]})
            other = answer(
                http, place, {**(nobodys if around is their_ids else around), place.name: nobodys[place.name]}
            )
            if one != other or one[0] != 404 or set(one[2]) != {"code", "message", "details"}:
                told[f"{place.method} {place.path} {place.name}, {label}"] = (one, other)

    assert told == {}
    assert {place.name for place in found} == set(their_ids)


def test_every_id_in_a_path_is_of_a_kind_that_is_tried(http: httpx.Client, their_ids: dict[str, str]) -> None:
    in_paths = {place.name for place in places(http.get("/v1/openapi.json").json()) if "{" in place.path}

    assert in_paths <= set(their_ids)
