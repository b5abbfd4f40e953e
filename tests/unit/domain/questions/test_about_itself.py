"""Questions about the assistant itself are known as such, and nothing else is."""

import pytest

from domain.answers.answer import Intent
from domain.questions.about_itself import About, about_itself
from domain.questions.intent import classify


@pytest.mark.parametrize(
    ("message", "about"),
    [
        ("What can you do?", About.ABILITIES),
        ("who are you", About.ABILITIES),
        ("Hi, what can you help me with?", About.ABILITIES),
        ("Was kannst du?", About.ABILITIES),
        ("你能做什么？", About.ABILITIES),
        ("thx, that helped", About.THANKS),
        ("Thank you so much!", About.THANKS),
        ("Vielen Dank", About.THANKS),
        ("What documents do you have?", About.DOCUMENTS),
        ("list all documents", About.DOCUMENTS),
        ("Which topics do you cover?", About.DOCUMENTS),
        ("What documents do I need to rent a car?", None),
        ("Who are your suppliers?", None),
        ("How can you help me rotate a key?", None),
        ("List all documents about hiring", None),
        ("thanks to whom was it built?", None),
        ("what can you do " * 40, None),
    ],
)
def test_a_message_about_the_assistant_alone(message: str, about: About | None) -> None:
    assert about_itself(message) is about


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("What can you do?", Intent.SMALL_TALK),
        ("Danke", Intent.SMALL_TALK),
        ("bonjour", Intent.SMALL_TALK),
        ("What documents do you have?", Intent.ACCESS),
        ("What documents do I need to rent a car?", Intent.HOW_TO),
    ],
)
def test_such_questions_search_nothing(message: str, intent: Intent) -> None:
    assert classify(message).intents == (intent,)
