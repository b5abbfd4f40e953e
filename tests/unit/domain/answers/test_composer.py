"""Answers composed from units: what was asked is there, word for word, or it is refused."""

import pytest

from adapters.search.spelling import closest_word
from domain.answers.composer import Composed, compose
from domain.answers.evidence import PassageExcerpt, SpanCosine

MINIMUM = 0.5
RATES = """# Room rates

| House | Room | Low season | High season |
|---|---|---|---|
| Mill Lane | Single | 78 | 98 |
| Mill Lane | Double | 104 | 131 |
| Harbour Street | Suite | 185 | 245 |
"""
REFUNDS = """# Refunds

## Who approves a refund

| Amount | Approval by |
|---|---|
| Up to 100 euros | The agent |
| Up to 1,000 euros | Support lead |
| Up to 10,000 euros | Head of support |
"""
KEYS = """# Rotate an API key

Owners may rotate the keys of their own projects.

## Rotate in the console

1. Open Settings and choose API keys.
2. Choose Rotate key, and confirm.
3. Copy the new secret.

## Revoke a key

1. Select the key and choose Revoke.
2. Type its name.
"""
DEVICE = """# Manual of the D40

| Code | Meaning | What to do |
|---|---|---|
| C-102 | The humidity sensor gives no reading | Pull the plug |
| C-103 | The tank is missing | Put it in |

The filter can be washed. It is dry after a day.
"""
PLANS = (
    "# Plans\n\nBasic costs 9 euros a month. It includes 5 users.\n\nPro costs 29 euros a month. It includes 50 users."
)


def asked(question: str, *texts: str, cosine: float = 0.6, spelling: bool = False) -> Composed:
    passages = [
        PassageExcerpt(
            number=number, text=text, title=text.split("\n")[0].strip("# "), cosines=(SpanCosine(0, len(text), cosine),)
        )
        for number, text in enumerate(texts, start=1)
    ]
    return compose(question, passages, MINIMUM, closest_word if spelling else None)


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("How much is a double room at Mill Lane in the low season?", RATES, "Low season: 104"),
        ("Who approves a refund of 800 euros?", REFUNDS, "Support lead"),
        ("What does C-102 mean?", DEVICE, "humidity sensor"),
        ("How do I rotate an API key?", KEYS, "1. Open Settings and choose API keys."),
        ("How do I revoke a key?", KEYS, "1. Select the key and choose Revoke."),
        ("Can the filter be washed?", DEVICE, "The filter can be washed."),
        ("What is the difference between Basic and Pro?", PLANS, "50 users"),
    ],
)
def test_what_was_asked_is_quoted(question: str, text: str, answer: str) -> None:
    assert answer in asked(question, text).markdown


@pytest.mark.parametrize(
    ("question", "text", "neighbour"),
    [
        ("How much is a double room at Mill Lane in the low season?", RATES, "131"),
        ("Who approves a refund of 800 euros?", REFUNDS, "agent"),
        ("What does C-102 mean?", DEVICE, "tank"),
        ("How do I revoke a key?", KEYS, "Copy the new secret"),
    ],
)
def test_its_neighbours_are_not(question: str, text: str, neighbour: str) -> None:
    assert neighbour not in asked(question, text).markdown


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("What does C-104 mean?", DEVICE, "c-104"),
        ("What does C-102 mean on the D60?", DEVICE, "d60"),
        ("How much is a suite at Mill Lane?", RATES, "suite"),
        ("How many towels are in a room at Mill Lane?", RATES, "towels"),
        ("Who is the deputy of the head of support?", REFUNDS, "deputy"),
    ],
)
def test_without_its_distinguishing_words_nothing_is_answered(question: str, text: str, missing: str) -> None:
    composed = asked(question, text)
    assert (composed.answered, composed.markdown, composed.used) == ((), "", ())
    assert missing in composed.unanswered[0].missing


def test_only_steps_are_called_how_to() -> None:
    assert asked("How do I rotate an API key?", KEYS).markdown.startswith("### How-to\n\n1. ")
    assert "###" not in asked("What does C-102 mean?", DEVICE).markdown


def test_a_sentence_gets_the_one_that_names_its_subject() -> None:
    assert asked("When is the filter dry?", DEVICE).markdown.startswith("The filter can be washed. It is dry")


def test_words_of_one_slip_are_read_as_what_was_meant_and_english_ones_are_not() -> None:
    assert asked("humidty sensor C-102", DEVICE, spelling=True).answered
    composed = asked("Who approves a refuse of 800 euros?", REFUNDS, spelling=True)
    assert "refuse" in [word for part in (*composed.answered, *composed.unanswered) for word in part.missing]


def test_each_part_is_answered_or_named() -> None:
    composed = asked("How do I revoke a key, and who bakes the bread?", KEYS)
    assert [part.question for part in composed.unanswered] == ["who bakes the bread?"]
    assert "choose Revoke" in composed.markdown


def test_markers_count_the_passages_that_were_used() -> None:
    composed = asked("What does C-102 mean?", KEYS, DEVICE)
    assert composed.markdown.endswith("[1]")
    (used,) = composed.used
    assert used.number == 2
    assert DEVICE[used.start : used.end].startswith("| C-102 |")


def test_a_question_without_words_of_its_own_has_no_answer() -> None:
    assert asked("what is it?", KEYS).answered == ()


def test_confidence_falls_with_what_is_missing_and_with_unlikeness() -> None:
    sure = asked("Who approves a refund of 800 euros?", REFUNDS).confidence
    assert sure > asked("Who approves a refund of 800 euros in cash?", REFUNDS).confidence
    assert (
        asked("How do I revoke a key?", KEYS, cosine=0.8).confidence
        > asked("How do I revoke a key?", KEYS, cosine=0.2).confidence
    )


def test_chinese_questions_are_compared_by_pairs_of_signs() -> None:
    text = "# 员工手册\n\n正式员工每年享有十五天带薪年假。\n\n周末加班按两倍工资计算。"
    assert "十五天" in asked("年假有多少天？", text).markdown


@pytest.mark.parametrize(
    ("item", "quoted", "left_out"),
    [("2", "Choose Rotate key", "Open Settings"), ("last", "Copy the new secret", "Choose")],
)
def test_one_item_of_a_list_is_quoted_alone(item: str, quoted: str, left_out: str) -> None:
    markdown = asked(f"How do I rotate an API key? (item {item})", KEYS).markdown
    assert quoted in markdown
    assert left_out not in markdown
    assert "###" not in markdown


def test_there_is_no_item_beyond_the_last() -> None:
    assert asked("How do I rotate an API key? (item 9)", KEYS).answered == ()


def test_a_summary_has_the_beginning_and_a_sentence_of_each_section() -> None:
    text = """# Restoring the lighthouse

The lighthouse was built in 1891. It has been dark since 1988. It stands on a rock.

## Phase one

The lens is cleaned first. Then it is mounted.

## Cost

The work costs 2.1 million euros.
"""
    markdown = asked("Summarise the report about restoring the lighthouse", text, KEYS).markdown
    assert "built in 1891. [1]" in markdown
    assert "- **Phase one:** The lens is cleaned first. [1]" in markdown
    assert "2.1 million" in markdown
    assert "rock" not in markdown
    assert asked("Summarise the report about the harbour", text, KEYS).answered == ()
