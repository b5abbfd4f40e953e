"""What points back at an earlier message, and what a message explains itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.questions.pronouns import Message, pronoun_of


@pytest.mark.parametrize(
    ("text", "opening", "body"),
    [
        ("and for sandbox?", "and", "for sandbox"),
        ("What about last week?", "what about", "last week"),
        ("Ok, and how about in production", "and how about", "in production"),
        ("same for checkout", "same", "for checkout"),
        ("How do I rotate a key?", "", "How do I rotate a key"),
        ("Sandbox", "", "Sandbox"),
        ("Andorra?", "", "Andorra"),
        ("thanks, and yesterday?", "and", "yesterday"),
        ("", "", ""),
    ],
)
def test_a_message_is_its_opening_and_its_body(text: str, opening: str, body: str) -> None:
    message = Message.of(text)
    assert (message.opening, message.body) == (opening, body)


@pytest.mark.parametrize(
    ("text", "word", "place"),
    [
        ("How do I revoke it?", "it", "object"),
        ("Why does it expire?", "it", "subject"),
        ("Is that also possible by CLI?", "that", "subject"),
        ("What roles can do that?", "that", "action"),
        ("What happens when it leaks?", "it", "subject"),
        ("How do I check if it works?", "it", "subject"),
        ("What are its limits?", "its", "possessive"),
        ("How do I create one?", "one", "object"),
        ("Can admins revoke it?", "it", "object"),
        ("How do I turn them off?", "them", "object"),
        ("Who may do this?", "this", "action"),
    ],
)
def test_a_pronoun_without_its_noun_points_back(text: str, word: str, place: str) -> None:
    message = Message.of(text)
    found = pronoun_of(message)
    assert found is not None
    assert (message.words[found.at], found.place) == (word, place)


@pytest.mark.parametrize(
    "text",
    [
        "How do I rotate a key and revoke it?",
        "My webhook fails. How do I fix it?",
        "Are keys revoked if they expire?",
        "Does a key keep its scopes?",
        "Is it possible to export the audit log?",
        "How long does it take to move a project?",
        "How do I make sure that events arrive?",
        "Where are the keys that expire?",
        "How do I delete this webhook?",
        "Is that service available?",
        "Does it matter if a key expires?",
        "Which one?",
        "How do I rotate one key of many?",
    ],
)
def test_a_pronoun_that_the_message_explains_does_not(text: str) -> None:
    assert pronoun_of(Message.of(text)) is None


@pytest.mark.parametrize("text", ["why?", "And why?", "Tell me more", "more details please", "what's next?", "how so"])
def test_a_call_for_more_is_known(text: str) -> None:
    assert Message.of(text).asks_for_more


@pytest.mark.parametrize("text", ["why does a key expire?", "how do I tell you more", "an example of a webhook"])
def test_a_question_of_its_own_is_no_call_for_more(text: str) -> None:
    assert not Message.of(text).asks_for_more


@given(st.text(max_size=200))
def test_any_text_is_taken_apart(text: str) -> None:
    message = Message.of(text)
    found = pronoun_of(message)
    assert found is None or 0 <= found.at < len(message.words)
    assert all(0 <= at <= len(message.words) for at in message.clauses)
