"""How much JSON a body may hold, and how much is said about what is wrong with it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from api.admin.policy_bodies import PolicyBody
from api.chat.bodies import ChatRequest
from api.edge.json_bodies import MAX_DEPTH, MAX_NUMBER_CHARACTERS, MAX_VALUES, parse_json
from api.edge.schema import RequestBody
from api.knowledge.search_bodies import SearchRequest
from domain.errors import InvalidRequestError, MalformedRequestError
from tests.unit.api.fakes import Backend

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


def all_values(value: Any) -> Iterator[Any]:
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from all_values(inner)


@given(_VALUES, st.booleans())
def test_what_is_in_bounds_is_parsed_as_ever(value: Any, is_ascii: bool) -> None:
    content = json.dumps(value, ensure_ascii=is_ascii).encode()

    assert parse_json(content) == value


@given(_VALUES)
def test_the_bound_counts_values_and_never_what_stands_in_texts(value: Any) -> None:
    content = json.dumps(value).encode()
    count = sum(1 for _ in all_values(value))

    # An empty list counts as if there were something in it.
    assert parse_json(content, max_values=2 * count) == value
    if count > 2:
        with pytest.raises(InvalidRequestError):
            parse_json(content, max_values=count - 2)


@pytest.mark.parametrize(
    "content",
    [
        b"[" + b",".join([b'""'] * MAX_VALUES) + b",1]",
        b"[" + b",".join([b"0"] * 500_000) + b"]",
        b"{" + b",".join(b'"%d":1' % number for number in range(40_000)) + b"}",
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b'{"a":' * 600 + b"1" + b"}" * 600,
    ],
    ids=["texts", "numbers", "names", "levels", "levels of objects"],
)
def test_too_many_values_are_refused_before_one_is_made(content: bytes) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        parse_json(content)

    assert len(json.dumps(refused.value.details)) < 200


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"a": ' + b"9" * (MAX_NUMBER_CHARACTERS + 1) + b"}", b"[1]]", b'"\\', b"\xff", b"", b"[1,]"],
)
def test_what_is_no_json_stays_malformed(content: bytes) -> None:
    with pytest.raises(MalformedRequestError):
        parse_json(content)


def errors_of(model: type[BaseModel], body: Any) -> int:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(body)
    return refused.value.error_count()


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (ChatRequest, {"messages": [0] * 9_000}),
        (ChatRequest, {"message": "a", "metadata": {str(number): 1 for number in range(9_000)}}),
        (ChatRequest, {str(number): 1 for number in range(9_000)}),
        (SearchRequest, {"query": "a", "dataset_ids": ["x"] * 9_000}),
        (SearchRequest, {"query": "a", "filters": {"tags": [0] * 9_000}}),
        (SearchRequest, {"query": "a", "filters": {"attributes": [0] * 9_000}}),
        (SearchRequest, {"query": "a", "filters": {"attributes": [{"name": "a", "any_of": [None] * 9_000}]}}),
        (PolicyBody, {"deny": [{}] * 9_000}),
        (PolicyBody, {"access": [{"packs": [0] * 100, "tools": [0] * 100}] * 40}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else next(iter(value)),
)
def test_a_list_is_given_up_at_its_first_wrong_item(model: type[BaseModel], body: Any) -> None:
    assert errors_of(model, body) < 20


def sequences(schema: Any) -> Iterator[dict[str, Any]]:
    """Every list, tuple and set in a core schema, but those of any JSON, in which nothing can be wrong."""
    if isinstance(schema, dict):
        is_any_json = "definition-ref" in str(schema.get("items_schema"))
        if schema.get("type") in ("list", "tuple", "set", "frozenset") and not is_any_json:
            yield schema
        for inner in schema.values():
            yield from sequences(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from sequences(inner)


def bodies(kind: type[RequestBody] = RequestBody) -> Iterator[type[RequestBody]]:
    for body in kind.__subclasses__():
        yield body
        yield from bodies(body)


def test_every_list_of_every_body_is() -> None:
    found = [(body.__name__, one) for body in bodies() for one in sequences(body.__pydantic_core_schema__)]

    assert len(found) > 10
    assert [name for name, one in found if not one.get("fail_fast")] == []


@pytest.mark.parametrize("attributes", ["[" * 15_000, "[[[[1]]]]", '{"a": [1]}', "{" + '"a": 1,' * 2_000 + "}"])
async def test_attributes_in_a_form_are_bounded_too(
    client: httpx.AsyncClient, backend: Backend, attributes: str
) -> None:
    path = f"/v1/datasets/{backend.dataset.dataset_id}/documents"

    response = await client.post(path, files={"file": ("a.md", b"# A")}, data={"attributes": attributes})

    assert (response.status_code, response.json()["details"]["errors"][0]["field"]) == (422, "attributes")
    assert backend.object_store.stored == {}


async def test_many_parameters_are_not_named_one_by_one(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/ingests?" + "&".join(f"{number:x}" for number in range(12_000)))

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert len(response.content) < 500


async def test_a_body_is_parsed_by_us_alone(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}

    # The framework's own parser would take a mark of the byte order.
    marked = await client.post("/v1/chat", content=b'\xef\xbb\xbf{"message": "How?"}', headers=headers)

    assert (marked.status_code, marked.json()["code"]) == (400, "malformed_request")
