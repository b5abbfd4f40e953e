"""Feedback changes the order of passages, for everybody of the tenant and nobody else [W13, H5]."""

from uuid import uuid4

import pytest

from answerable_sdk import ExplainedSearch, NotFoundError
from domain.identity.principal import KeyScope
from tests.fixtures.processes import eventually
from tests.fixtures.stack import Stack
from tests.scenario.conftest import KeyDesk


def factors(found: ExplainedSearch) -> dict[str, float]:
    return {one.source: one.scores.boost for one in found.results}


def test_a_bad_word_lowers_the_documents_of_the_answer_until_it_is_taken_back(stack: Stack, key_desk: KeyDesk) -> None:
    word = f"numbat{uuid4().hex[:8]}"
    content = f"# The {word}\n\nHow to feed the {word}:\n\n1. Offer it termites.\n2. Wait.".encode()
    client = stack.client()
    client.documents.upload(stack.dataset_id, content, name=f"{word}.md", wait=True)
    answer = client.ask(f"How do I feed the {word}?")
    assert [one.source for one in answer.citations] == [f"{word}.md"]
    client.feedback.give(answer.meta.trace_id, "down", comment="They eat more than that.")
    tuning = client.tunings.create()
    assert tuning.active
    assert [one.boost < 1 for one in tuning.boosts if one.document_id == answer.citations[0].document_id] == [True]
    eventually(lambda: factors(client.explain_search(word))[f"{word}.md"] < 1, "the factor applies")
    assert client.feedback.analytics().downs >= 1
    client.tunings.activate(0)
    eventually(lambda: factors(client.explain_search(word))[f"{word}.md"] == 1, "it is taken back")


def test_nobody_judges_the_answers_of_others(stack: Stack, key_desk: KeyDesk) -> None:
    answer = stack.client().ask("hello")
    with pytest.raises(NotFoundError):
        stack.client(key_desk.issue(scopes=(KeyScope.CHAT,))).feedback.give(answer.meta.trace_id, "up")
