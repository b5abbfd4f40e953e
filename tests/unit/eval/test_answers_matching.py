"""A fact is in a text as a reader sees it, and never inside another word or number."""

import pytest

from eval.answers.matching import plain, says


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("It costs **12 euros** a night. [1]", "12 euros"),
        ("| BR-1107 | Air filter | 14.90 |", "14.90"),
        ("Rooms are ready from 15:00.", "15:00"),
        ("closed from 14\u201318 o'clock", "14-18"),
        ("Der Preis beträgt 29,6\u00a0Cent.", "29,6 Cent"),
        ("Call `ring_flush_buffer()`.", "ring_flush_buffer"),
        ("Termine vergibt das Portal", "Termin*"),
        ("年假有15天。", "15天"),
        ("soft\u00adware", "software"),
        ("The period is 24 hours.", "24 hours"),
    ],
)
def test_a_fact_is_found_whatever_its_marks(text: str, fact: str) -> None:
    assert says(plain(text), fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("It costs 112 euros.", "12 euros"),
        ("It costs 12.50 euros.", "12"),
        ("It costs 3,12 euros.", "12"),
        ("The code is C-1020.", "C-102"),
        ("Nothing is noted.", "not"),
        ("It begins at 10:30.", "10"),
        ("The answer [15] is elsewhere.", "15"),
        ("A determination", "Termin*"),
        ("anything", "*"),
    ],
)
def test_a_part_of_something_else_is_not_the_fact(text: str, fact: str) -> None:
    assert not says(plain(text), fact)
