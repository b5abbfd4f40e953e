"""A page's structure is judged before a tree is made of it."""

import time
from contextlib import suppress

import pytest

from adapters.parsers.html.markup import check_markup
from domain.knowledge.errors import DocumentTooLargeError

REFUSED = {
    "deep": "<div>" * 20_000,
    "deep inside a drawing": "<svg>" + "<td>" * 20_000,
    "many elements": "<p>x" * 600_000,
    "many attributes": "<p " + "a " * 1_000 + ">",
    "attributes with slashes": "<p/" + "a/" * 1_000 + ">",
    "open formatting": "".join(f"<font a={number}>" for number in range(3_000)) + "<p>x" * 3_000,
    "end tags that look through all that is open": "<x>" * 9_000 + "</y>" * 200_000,
}
ACCEPTED = {
    "paragraphs that are never closed": "<p>x" * 100_000,
    "cells that are never closed": "<table>" + "<tr><td>x" * 50_000,
    "code in a script": "<script>" + "document.write('<div>');" * 20_000 + "</script>x",
    "a comment that is never closed": "x<!--" + "<div>" * 20_000,
    "equal formatting that is never closed": "<b>x" * 5_000 + "<p>x" * 5_000,
    "a long attribute": '<p title="' + "a b " * 10_000 + '">x',
    "closed formatting": "<p><b>x</b> <i>y</i>" * 50_000,
}


@pytest.mark.parametrize("page", REFUSED.values(), ids=REFUSED)
def test_more_structure_than_is_sensible_is_refused(page: str) -> None:
    with pytest.raises(DocumentTooLargeError):
        check_markup(page, "page.html")


@pytest.mark.parametrize("page", ACCEPTED.values(), ids=ACCEPTED)
def test_a_long_page_is_no_deep_one(page: str) -> None:
    check_markup(page, "page.html")


@pytest.mark.parametrize(
    "unit", ["<", "<!--", "<!", "<script>", "</script", "<a '", '<a "', "<a b", "<p/", "</b>", "<x>", "&amp;", ">"]
)
def test_the_look_itself_costs_in_proportion_to_the_page(unit: str) -> None:
    def seconds(size: int) -> float:
        page, started = (unit * size)[:size], time.process_time()
        with suppress(DocumentTooLargeError):
            check_markup(page, "page.html")
        return time.process_time() - started

    # Quadratic time would be 144 times as much; 5 ms stand for what has no length.
    assert seconds(600_000) < 40 * (min(seconds(50_000), seconds(50_000)) + 0.005)
