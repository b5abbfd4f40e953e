"""Dividing a message into clauses."""

import time

import pytest

from domain.text.clauses import clauses_of


@pytest.mark.parametrize(
    ("message", "clauses"),
    [
        ("How do I pay, and what was the error rate?", ("How do I pay", "what was the error rate?")),
        ("Was it slow? Also, how do I pay?", ("Was it slow?", "Also, how do I pay?")),
        ("Pay an invoice; error rate today", ("Pay an invoice", "error rate today")),
        ("I use checkout. What happened?", ("I use checkout.", "What happened?")),
        ("error rate yesterday and for sandbox", ("error rate yesterday and for sandbox",)),
        ("requests since Nov. 3 in prod", ("requests since Nov. 3 in prod",)),
        ("volume approx. last week", ("volume approx. last week",)),
        ("first\n\n  second ", ("first", "second")),
        ("", ()),
    ],
)
def test_a_clause_begins_where_something_new_is_asked(message: str, clauses: tuple[str, ...]) -> None:
    assert clauses_of(message) == clauses


@pytest.mark.parametrize("hostile", [" ", " and", ", also", "\n ", "; ", ". A", "please and "])
def test_a_long_message_is_divided_in_time_that_grows_with_its_length(hostile: str) -> None:
    started = time.perf_counter()
    clauses_of(hostile * 20_000)
    assert time.perf_counter() - started < 2


def test_no_more_than_sixteen_clauses_are_told_apart() -> None:
    clauses = clauses_of("; ".join(str(number) for number in range(100)))
    assert len(clauses) == 16
    assert clauses[-1].endswith("98; 99")
