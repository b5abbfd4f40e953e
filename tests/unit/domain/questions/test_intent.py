"""What kind of question a message is."""

import pytest

from domain.answers.answer import Intent
from domain.questions.intent import classify


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


@pytest.mark.parametrize(
    "message", ["Which packs does the role staff have?", "List all packs", "show me the packs of the administrators"]
)
def test_a_question_about_somebody_elses_packs_is_about_access_too(message: str) -> None:
    assert classify(message).intents == (Intent.ACCESS,)


@pytest.mark.parametrize(
    "message",
    [
        "How many requests per second may I publish on the Team plan?",
        "How many requests are allowed?",
        "how many calls can we make per minute",
        "How many events are included?",
    ],
)
def test_a_question_about_what_is_allowed_is_no_question_for_a_figure(message: str) -> None:
    assert classify(message, ["requests", "calls", "request volume"]).intents == (Intent.HOW_TO,)


def test_beside_what_is_allowed_a_figure_is_still_asked_for() -> None:
    found = classify("How many requests may I send, and how many requests did we get yesterday?", ["requests"])
    assert Intent.STATS in found.intents
    assert found.figures == "how many requests did we get yesterday?"


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


@pytest.mark.parametrize(
    ("message", "how_to", "figures"),
    [
        (
            "How do I rotate an API key, and what was the error rate yesterday?",
            "How do I rotate an API key",
            "what was the error rate yesterday?",
        ),
        (
            "What was the error rate yesterday? Also, how do I rotate an API key?",
            "Also, how do I rotate an API key?",
            "What was the error rate yesterday?",
        ),
        ("Rotate an API key; error rate yesterday", "Rotate an API key", "error rate yesterday"),
        (
            "What is a dead letter queue? What was the p95 latency yesterday?",
            "What is a dead letter queue?",
            "What was the p95 latency yesterday?",
        ),
    ],
)
def test_each_part_of_a_mixed_question_has_its_own_words(message: str, how_to: str, figures: str) -> None:
    found = classify(message)
    assert found.intents == (Intent.STATS, Intent.HOW_TO)
    assert (found.how_to, found.figures) == (how_to, figures)


def test_a_clause_that_asks_for_nothing_is_context_of_every_part() -> None:
    found = classify("I use the sandbox. How do I rotate a key? What was the error rate yesterday?")
    assert found.how_to == "I use the sandbox. How do I rotate a key?"
    assert found.figures == "I use the sandbox. What was the error rate yesterday?"


@pytest.mark.parametrize(
    "message",
    [
        "I use checkout. What was the error rate yesterday?",
        "What was the error rate yesterday? What is it in sandbox?",
        "What was the request volume yesterday and can I see it for sandbox?",
        "What was the error rate yesterday, and what about sandbox?",
    ],
)
def test_more_about_the_same_figures_is_no_how_to_and_stays_whole(message: str) -> None:
    found = classify(message)
    assert found.intents == (Intent.STATS,)
    assert found.figures == message


FIGURES = ("parcel weight", "parcels", "number of my pack documents", "my pack documents")


@pytest.mark.parametrize(
    "message",
    [
        "What is the parcel weight?",
        "the parcel weight",
        "How many parcels are there?",
        "Number of My Pack documents",
        "Please show me the parcel weight",
    ],
)
def test_what_a_tool_measures_is_asked_for_by_its_words(message: str) -> None:
    assert classify(message, FIGURES).intents == (Intent.STATS,)
    assert classify(message).intents == (Intent.HOW_TO,)


@pytest.mark.parametrize(
    "message",
    [
        "How do I reduce the parcel weight?",
        "parcels",
        "What are parcels?",
        "Parcel weight limits of a plan",
        "What is a parcel? How do I lower the parcel weight?",
    ],
)
def test_words_of_a_tool_alone_ask_for_no_figure(message: str) -> None:
    assert classify(message, FIGURES).intents == (Intent.HOW_TO,)


def test_a_figure_of_a_tool_is_a_part_of_a_mixed_question() -> None:
    found = classify("How do I send a parcel, and what is the parcel weight?", FIGURES)
    assert set(found.intents) == {Intent.HOW_TO, Intent.STATS}
    assert (found.how_to, found.figures) == ("How do I send a parcel", "what is the parcel weight?")
