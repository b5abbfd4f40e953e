"""What kind of question a message is."""

import pytest

from domain.answer import Intent
from domain.intent import classify


@pytest.mark.parametrize(
    "message",
    [
        "How do I rotate an API key?",
        "set up the sandbox",
        "configure webhooks",
        "What should I do when I get a 429 response?",
        "where are the logs",
        "Steps for inviting a member",
    ],
)
def test_a_question_about_doing_something_is_a_how_to(message: str) -> None:
    assert classify(message).intents == (Intent.HOW_TO,)


@pytest.mark.parametrize(
    "message", ["What packs may I use?", "which roles do I have", "Show my permissions", "What can I access?"]
)
def test_a_question_about_ones_own_rights_is_about_access_alone(message: str) -> None:
    assert classify(message).intents == (Intent.ACCESS,)


@pytest.mark.parametrize("message", ["request volume last 24h", "p95 latency past 7 days", "error rate this week"])
def test_a_question_about_figures_over_time_is_about_stats(message: str) -> None:
    assert classify(message).intents == (Intent.STATS,)


@pytest.mark.parametrize(
    "message", ["Can I talk to a human?", "connect me with an agent", "I want to speak to someone"]
)
def test_a_call_for_a_person_is_a_hand_off(message: str) -> None:
    assert classify(message).intents == (Intent.HAND_OFF,)


@pytest.mark.parametrize("message", ["hi", "Hello there!", "Thank you.", "good morning", "  HEY  ", "bye"])
def test_a_greeting_alone_is_small_talk(message: str) -> None:
    assert classify(message).intents == (Intent.SMALL_TALK,)


def test_a_greeting_before_a_question_does_not_hide_the_question() -> None:
    assert classify("Hi, how do I rotate an API key?").intents == (Intent.HOW_TO,)


def test_a_mixed_question_keeps_every_intent() -> None:
    assert set(classify("How do I set up alerts, and what was the error rate last 24h?").intents) == {
        Intent.HOW_TO,
        Intent.STATS,
    }


@pytest.mark.parametrize("message", ["API key rotation", "Passwort vergessen", "鍵を回転する", "…", ""])
def test_a_message_that_no_rule_knows_is_read_as_a_how_to(message: str) -> None:
    assert classify(message).intents == (Intent.HOW_TO,)
    assert classify(message).rules == ("default",)


@pytest.mark.parametrize("message", ["How do I rotate it?", "request volume last 24h how", "my roles", "hi", "x"])
def test_every_intent_comes_with_the_rule_that_found_it(message: str) -> None:
    classified = classify(message)
    assert len(classified.rules) == len(classified.intents) >= 1


def test_a_question_about_access_that_asks_how_as_well_has_both_intents() -> None:
    found = classify("What roles do I have and how do I rotate an API key?")
    assert found.intents == (Intent.ACCESS, Intent.HOW_TO)
