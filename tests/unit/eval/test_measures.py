"""Figures whose values are known by hand."""

from math import log2

import pytest

from eval.measures import measured


def test_a_perfect_ranking_measures_one() -> None:
    assert measured({"q": {"a": 1, "b": 1}}, {"q": ["a", "b", "c"]}) == {"ndcg@10": 1.0, "recall@10": 1.0, "mrr": 1.0}


def test_the_order_that_was_given_is_the_one_that_counts() -> None:
    # By name, "z" would come first where scores are equal.
    found = measured({"q": {"a": 1}}, {"q": ["z", "a"]})
    assert found == {"ndcg@10": pytest.approx(1 / log2(3), abs=1e-4), "recall@10": 1.0, "mrr": 0.5}


def test_only_the_first_ten_count_for_gain_and_recall() -> None:
    found = measured({"q": {"a": 1}}, {"q": [*(f"x{number}" for number in range(10)), "a"]})
    assert found == {"ndcg@10": 0.0, "recall@10": 0.0, "mrr": pytest.approx(1 / 11, abs=1e-4)}


def test_a_question_to_which_nothing_was_found_counts_as_zero() -> None:
    assert measured({"q": {"a": 1}, "p": {"b": 1}}, {"q": ["a"], "p": []})["mrr"] == 0.5


def test_a_document_that_comes_twice_counts_once() -> None:
    assert measured({"q": {"a": 1, "b": 1}}, {"q": ["a", "a", "b"]})["ndcg@10"] == 1.0
