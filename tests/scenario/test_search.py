"""Searching through the API, the SDK and the command line [H4]."""

from uuid import uuid4

import pytest

from answerable_sdk import DatasetNotFoundError
from domain.identity.principal import KeyScope
from tests.fixtures.stack import Stack
from tests.scenario.conftest import KeyDesk, Tenant


@pytest.fixture
def word() -> str:
    """A word that no other document has."""
    return f"wombat{uuid4().hex[:8]}"


def upload(stack: Stack, word: str, visibility: str = "external") -> None:
    content = f"# The {word}\n\nTo feed the {word}, offer it fresh grass.".encode()
    stack.client().documents.upload(stack.dataset_id, content, name=f"{word}.md", visibility=visibility, wait=True)


def test_a_passage_is_found_with_its_text_and_explained(stack: Stack, word: str) -> None:
    upload(stack, word)
    found = stack.client().search(f"feed {word}", top_k=3)
    assert found.results[0].source == f"{word}.md"
    assert "fresh grass" in (found.results[0].text or "")
    explained = stack.client().explain_search(f"feed {word}", top_k=3, fusion="rrf")
    first = explained.results[0]
    assert (first.passage_id, first.scores.lexical_rank) == (found.results[0].passage_id, 1)
    assert explained.filters["dataset_ids"] == [str(stack.dataset_id)]


def test_a_customer_never_finds_what_is_for_staff(stack: Stack, key_desk: KeyDesk, word: str) -> None:
    upload(stack, word, visibility="internal")
    staff = stack.client(key_desk.issue(scopes=(KeyScope.CHAT,), audience="internal"))
    customer = stack.client(key_desk.issue(scopes=(KeyScope.CHAT,), audience="external"))
    assert staff.search(word, mode="lexical").results
    assert customer.search(word, mode="lexical").results == ()


def test_another_tenants_dataset_is_refused_like_one_that_does_not_exist(stack: Stack, stranger: Tenant) -> None:
    answers = []
    for dataset_id in (stranger.dataset_id, uuid4()):
        with pytest.raises(DatasetNotFoundError) as raised:
            stack.client().search("anything", dataset_ids=[dataset_id])
        answers.append(raised.value.message)
    assert answers[0] == answers[1]


def test_tags_and_attributes_given_at_upload_narrow_the_search(stack: Stack, word: str) -> None:
    for size in (1, 2):
        content = f"# The {word}, size {size}\n\nTo feed the {word}, offer it fresh grass.".encode()
        stack.client().documents.upload(
            stack.dataset_id, content, name=f"{word}-{size}.md", tags=["wildlife"], attributes={"size": size}, wait=True
        )
    wanted = {"tags": ["wildlife"], "attributes": [{"name": "size", "at_least": 2}]}
    found = stack.client().search(word, mode="lexical", filters=wanted).results
    assert [one.source for one in found] == [f"{word}-2.md"]


def test_a_deleted_document_is_not_found_any_more(stack: Stack, word: str) -> None:
    upload(stack, word)
    (result,) = [one for one in stack.client().search(word, mode="lexical").results if one.source == f"{word}.md"]
    stack.client().documents.delete(stack.dataset_id, result.document_id)
    assert stack.client().search(word, mode="lexical").results == ()
