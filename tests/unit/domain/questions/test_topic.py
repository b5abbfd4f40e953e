"""What a how-to question is about."""

import pytest

from domain.questions.pronouns import Message, pronoun_of
from domain.questions.topic import Topic, detail_of


@pytest.mark.parametrize(
    ("question", "action", "thing"),
    [
        ("How do I rotate an API key?", "rotate an API key", "an API key"),
        ("How can we export the audit log to S3?", "export the audit log to S3", "the audit log"),
        ("how to sign in with Okta", "sign in with Okta", ""),
        ("What is a dead letter queue?", "", "a dead letter queue"),
        ("What roles can rotate an API key?", "", "an API key"),
        ("How many skills can I create?", "", "skills"),
        ("How does replay work?", "", "replay"),
        ("Rotate an API key", "Rotate an API key", "an API key"),
        ("API key rotation", "", "API key rotation"),
        ("", "", ""),
    ],
)
def test_it_has_an_action_and_a_thing(question: str, action: str, thing: str) -> None:
    topic = Topic.of(question)
    assert (topic.action, topic.thing) == (action, thing)


def test_the_thing_keeps_what_it_is_of() -> None:
    assert Topic.of("How do I replace the signing secret of an endpoint?").thing == "the signing secret of an endpoint"


@pytest.mark.parametrize(
    ("before", "message", "question"),
    [
        ("How do I rotate an API key?", "how do I revoke it?", "How do I revoke an API key?"),
        ("How do I rotate an API key?", "what roles can do that?", "What roles can rotate an API key?"),
        ("How do I rotate an API key?", "is that safe?", "Is that safe (rotate an API key)?"),
        ("How do I rotate an API key?", "what are its limits?", "What are its limits (rotate an API key)?"),
        ("How do I invite a team member?", "do they cost extra?", "Do team members cost extra?"),
        ("What is a policy?", "how do I list them?", "How do I list policies?"),
        ("How do I reset the sandbox?", "how long does it take?", "How long does it take (reset the sandbox)?"),
    ],
)
def test_it_takes_the_place_of_a_pronoun(before: str, message: str, question: str) -> None:
    taken = Message.of(message)
    pronoun = pronoun_of(taken)
    assert pronoun is not None
    assert Topic.of(before).put_for(pronoun, taken) == question


def test_a_detail_takes_the_place_of_the_one_before() -> None:
    first = Topic.of("How do I rotate an API key?").with_detail("by CLI")
    assert (first, detail_of(first)) == ("How do I rotate an API key (by CLI)?", "by CLI")
    assert Topic.of(first).with_detail("in the console") == "How do I rotate an API key (in the console)?"


def test_another_thing_takes_the_place_of_one_with_an_article_only() -> None:
    assert Topic.of("How do I export the audit log?").with_other_thing("invoices") == "How do I export invoices?"
    assert Topic.of("How do I keep payloads inside Europe?").with_other_thing("invoices") is None
    assert Topic.of("What is a webhook?").with_other_thing("a topic") == "What is a topic?"
    assert Topic.of("Why does an API key expire?").with_other_thing("the trial") == "Why does the trial expire?"
    assert Topic.of("Is there a limit for payloads?").with_other_thing("invoices") is None
