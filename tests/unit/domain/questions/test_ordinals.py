"""One of what was just listed is asked for by its place."""

import pytest

from domain.answers.items import LAST, with_item, without_item
from domain.questions.ordinals import item_asked


@pytest.mark.parametrize(
    ("message", "item"),
    [
        ("the second one?", 2),
        ("What is the third step?", 3),
        ("step 3", 3),
        ("the 2nd", 2),
        ("and the last one", LAST),
        ("Tell me more about the first option", 1),
        ("der zweite Schritt?", 2),
        ("the second factor", None),
        ("what about the D60?", None),
        ("the second one " * 20, None),
    ],
)
def test_the_place_is_read(message: str, item: int | None) -> None:
    assert item_asked(message) == item


def test_the_question_for_an_item_is_written_out_and_read_back() -> None:
    assert with_item("How do I rotate a key?", 2) == "How do I rotate a key? (item 2)"
    assert with_item("How do I rotate a key? (item 2)", LAST) == "How do I rotate a key? (item last)"
    assert without_item("How do I rotate a key? (item last)") == ("How do I rotate a key?", LAST)
    assert without_item("How do I rotate a key (in Settings)?") == ("How do I rotate a key (in Settings)?", None)
