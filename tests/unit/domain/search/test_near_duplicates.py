"""Which passages count as copies of each other."""

import random

import pytest

from domain.search.near_duplicates import resemblance, sketch_of, without_near_duplicates

WORDS = [f"word{number}" for number in range(400)]


def changed(share: float, seed: int = 1) -> str:
    chance = random.Random(seed)
    return " ".join(f"other{n}" if chance.random() < share else word for n, word in enumerate(WORDS))


TEXT = " ".join(WORDS)


def test_a_text_is_like_itself_in_whatever_case_and_layout() -> None:
    assert resemblance(sketch_of(TEXT), sketch_of(TEXT.upper().replace(" ", "\n  "))) == 1.0


def test_texts_that_share_nothing_are_not_alike() -> None:
    assert resemblance(sketch_of(TEXT), sketch_of(changed(1.0))) == 0.0


@pytest.mark.parametrize("text", ["", "one", "one two", "one two three four five"])
def test_short_texts_are_compared_too(text: str) -> None:
    assert resemblance(sketch_of(text), sketch_of(text)) == 1.0
    assert resemblance(sketch_of(text), sketch_of(text + " six")) < 1.0


def test_the_best_of_several_copies_stays() -> None:
    texts = {"best": TEXT, "other": changed(1.0), "copy": TEXT + " and a footer", "edited": changed(0.2)}
    sketches = {key: sketch_of(text) for key, text in texts.items()}
    assert without_near_duplicates(list(texts), sketches) == (["best", "other", "edited"], ["copy"])


def test_what_has_no_sketch_is_kept() -> None:
    assert without_near_duplicates(["a", "b"], {"a": sketch_of("")}) == (["a", "b"], [])


def test_passages_that_overlap_at_their_borders_are_no_copies() -> None:
    one, other = " ".join(WORDS[:300]), " ".join(WORDS[250:])
    assert without_near_duplicates([1, 2], {1: sketch_of(one), 2: sketch_of(other)}) == ([1, 2], [])
