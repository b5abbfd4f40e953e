"""Passages on their way from the step that made them to those that embed and publish them."""

import pytest

from domain.knowledge.passage import Passage, PassageSet, Span
from domain.knowledge.passage_lines import passage_lines, passages_of, span_texts_of

PASSAGES = PassageSet(
    title="Keys",
    chunker="made",
    passages=tuple(
        Passage(
            ordinal=number,
            start=number,
            end=number + 1,
            section_heading="A > B",
            text="two\nlines\u2028",
            spans=(Span(start=number, end=number + 1, text="two"),),
        )
        for number in range(3)
    ),
)


def test_each_passage_is_a_line_and_all_come_back() -> None:
    lines = list(passage_lines(PASSAGES))
    assert [line.count(b"\n") for line in lines] == [1, 1, 1, 1]
    assert passages_of(lines) == PASSAGES


def test_what_an_earlier_release_stored_is_read() -> None:
    assert passages_of([PASSAGES.model_dump_json().encode()]) == PASSAGES
    assert list(span_texts_of([PASSAGES.model_dump_json().encode()])) == ["two"] * 3


def test_what_is_embedded_is_read_without_the_rest() -> None:
    assert list(span_texts_of(passage_lines(PASSAGES))) == ["two"] * 3


def test_nothing_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="no passages"):
        passages_of([])
