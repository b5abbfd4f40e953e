"""How words are packed for the index."""

from collections import Counter

from adapters.postgres.index.postings import NUMBERS, number_of, one_hot, postings_of, term_vectors


def test_a_term_has_the_number_that_the_migration_gives_it_in_sql() -> None:
    # SELECT ('x' || substr(md5('rotat'), 1, 8))::bit(32)::bigint % 1000000000 + 1
    assert number_of("rotat") == 771_745_639


def test_no_vector_holds_more_terms_than_the_database_takes_and_none_is_lost() -> None:
    vectors = term_vectors(Counter(f"word{n}" for n in range(40_000)))
    sizes = [vector.count(":") for vector in vectors]
    assert max(sizes) <= 16_000
    assert sum(sizes) == len({number_of(f"word{n}") for n in range(40_000)})


def test_terms_that_share_a_number_are_counted_together_and_one_vector_is_always_there() -> None:
    assert term_vectors({}) == [f"{{}}/{NUMBERS}"]
    assert term_vectors({"a": 3}) == [f"{{{number_of('a')}:3}}/{NUMBERS}"]
    assert one_hot("a") == f"{{{number_of('a')}:1}}/{NUMBERS}"


def test_a_posting_names_the_passage_and_counts_more_the_more_often_and_the_shorter() -> None:
    counted = [Counter({"a": 1, "b": 9}), Counter({"a": 3, "b": 7}), Counter({"a": 3, "b": 70})]
    postings = postings_of([5, 6, 2**40], counted, mean_length=10.0)
    assert [posting >> 8 for posting in postings["a"]] == [5, 6, 2**40]
    once, thrice, thrice_in_a_long_one = (posting & 255 for posting in postings["a"])
    assert 0 < thrice_in_a_long_one < once < thrice <= 255
