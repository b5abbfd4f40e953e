"""Citations that open, and lists of what was asked, on real servers."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from answerable_sdk import ChatResponse, NotFoundError, PassageErasedError
from domain.identity.principal import KeyScope
from tests.fixtures.database import DatabaseUrls
from tests.fixtures.stack import Stack
from tests.scenario.conftest import KeyDesk, Tenant


@pytest.fixture(autouse=True)
def seeded(howto_documents: None) -> None:
    """Other documents beside those of these tests."""


@pytest.fixture
def word() -> str:
    """A word that no other document has."""
    return f"wombat{uuid4().hex[:8]}"


def upload(stack: Stack, word: str, food: str = "fresh grass", visibility: str = "external") -> None:
    content = f"# Feed the {word}\n\n1. Offer it {food}.\n2. Mail keeper@example.com.".encode()
    stack.client().documents.upload(stack.dataset_id, content, name=f"{word}.md", visibility=visibility, wait=True)


def ask(stack: Stack, word: str, key: str | None = None) -> ChatResponse:
    answer = stack.client(key).ask(f"How do I feed the {word}?")
    assert answer.outcome == "answered"
    return answer


def test_a_citation_opens_at_what_was_quoted(stack: Stack, word: str) -> None:
    upload(stack, word)
    answer = ask(stack, word)
    passage = stack.client().passages.get(answer.citations[0].passage_id, turn=answer.meta.trace_id)

    text = passage.text or ""
    assert "[email]" in text
    assert "keeper@" not in text
    assert (passage.version, passage.state, passage.source) == (1, "current", f"{word}.md")
    assert [text[one.start : one.end] for one in passage.quotes] == [one.text for one in passage.quotes]
    assert "fresh grass" in passage.quotes[0].text


def test_a_passage_of_a_replaced_or_deleted_document_opens_and_says_so(stack: Stack, word: str) -> None:
    upload(stack, word)
    cited = ask(stack, word).citations[0]
    upload(stack, word, food="bark")
    replaced = stack.client().passages.get(cited.passage_id)
    stack.client().documents.delete(stack.dataset_id, cited.document_id)
    deleted = stack.client().passages.get(cited.passage_id)

    assert [(one.state, one.version, "grass" in (one.text or "")) for one in (replaced, deleted)] == [
        ("replaced", 1, True),
        ("deleted", 1, True),
    ]


def test_a_customer_opens_nothing_of_the_staff_nor_what_became_the_staffs(
    stack: Stack, key_desk: KeyDesk, word: str
) -> None:
    customer = stack.client(key_desk.issue(scopes=(KeyScope.CHAT,), audience="external"))
    upload(stack, word)
    cited = ask(stack, word).citations[0].passage_id
    assert customer.passages.get(cited).state == "current"
    upload(stack, word, food="bark", visibility="internal")
    internal = ask(stack, word).citations[0].passage_id

    messages = set()
    for passage_id in (cited, internal, uuid4()):
        with pytest.raises(NotFoundError) as refused:
            customer.passages.get(passage_id)
        messages.add(refused.value.message)
    assert len(messages) == 1


def test_another_tenant_opens_nothing(stack: Stack, stranger: Tenant, word: str) -> None:
    upload(stack, word)
    answer = ask(stack, word)
    foreign = stack.client(stranger.api_key)

    for turn in (None, answer.meta.trace_id):
        with pytest.raises(NotFoundError):
            foreign.passages.get(answer.citations[0].passage_id, turn=turn)


def test_an_erased_passage_says_so_to_who_may_read_the_turn(
    stack: Stack, database_urls: DatabaseUrls, word: str
) -> None:
    upload(stack, word)
    answer = ask(stack, word)
    passage_id = answer.citations[0].passage_id
    stack.client().documents.delete(stack.dataset_id, answer.citations[0].document_id)
    erase(database_urls, passage_id)

    with pytest.raises(PassageErasedError) as gone:
        stack.client().passages.get(passage_id, turn=answer.meta.trace_id)
    assert (gone.value.status, gone.value.code) == (410, "passage_erased")
    with pytest.raises(NotFoundError):
        stack.client().passages.get(passage_id)


def erase(urls: DatabaseUrls, passage_id: UUID) -> None:
    """As an operator would who has to, on somebody's demand."""
    with psycopg.connect(urls.superuser) as connection:
        connection.execute("DELETE FROM passages WHERE passage_id = %s", [passage_id])


def test_turns_and_conversations_are_listed_for_who_asked_and_for_auditors(
    stack: Stack, key_desk: KeyDesk, word: str
) -> None:
    upload(stack, word)
    began = datetime.now(UTC) - timedelta(seconds=5)
    asker = stack.client(key_desk.issue(scopes=(KeyScope.CHAT,), audience="internal"))
    other = stack.client(key_desk.issue(scopes=(KeyScope.CHAT,), audience="internal"))
    auditor = stack.client(key_desk.issue(scopes=(KeyScope.CHAT, KeyScope.AUDIT_READ), audience="internal"))
    first = asker.ask(f"How do I feed the {word}?")
    second = asker.ask(f"Tell me: how do I feed the {word}, says jo@example.com?", session_id=first.session_id)
    third = asker.ask("How do I knit a zeppelin from rhubarb?")

    turns = list(asker.turns.all(since=began))
    assert [one.trace_id for one in turns] == [one.meta.trace_id for one in (third, second, first)]
    assert [one.outcome for one in turns] == [one.outcome for one in (third, second, first)]
    assert {first.outcome, third.outcome} == {"answered", "refused"}
    refused = [one.meta.trace_id for one in (third, second, first) if one.outcome == "refused"]
    assert [one.trace_id for one in asker.turns.list(outcome="refused").items] == refused
    in_one = asker.turns.list(session_id=first.session_id, limit=1)
    assert (in_one.items[0].trace_id, in_one.next) == (second.meta.trace_id, second.meta.trace_id)

    listed = asker.conversations.list(since=began).items
    assert [(one.session_id, one.messages) for one in listed] == [(third.session_id, 2), (first.session_id, 4)]
    assert listed[1].question == f"How do I feed the {word}?"
    assert (other.turns.list().items, other.conversations.list().items) == ((), ())
    assert other.turns.list(after=first.meta.trace_id).items == ()
    audited = {one.trace_id: one.question for one in auditor.turns.all(since=began)}
    assert audited[second.meta.trace_id] == f"Tell me: how do I feed the {word}, says [email]?"
    assert third.session_id in {one.session_id for one in auditor.conversations.all(since=began)}
    assert asker.turns.list(until=began).items == ()
