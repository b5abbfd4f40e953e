import pytest

from adapters.search.text_analysis import MAX_TERM_CHARACTERS, VERSION, passage_terms, readable_versions, tokenise


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("How do I rotate an API key?", ["rotat", "api", "key"]),
        ("Rotating KEYS, rotated keys", ["rotat", "key", "rotat", "key"]),
        ("ｆｕｌｌ ｗｉｄｔｈ", ["full", "width"]),
        ("Straße STRASSE", ["strass", "strass"]),
        ("p95_latency 24h v1.2", ["p95", "latenc", "24h", "v1", "2"]),
        ("the user's and the user\N{RIGHT SINGLE QUOTATION MARK}s keys", ["user", "user", "key"]),
        ("年假有十五天", ["年假", "假有", "有十", "十五", "五天"]),
        ("API密钥 rotate", ["api", "密钥", "rotat"]),
        ("", []),
        ("?! the of and", []),
    ],
)
def test_words_are_folded_stemmed_and_freed_of_stop_words(text: str, terms: list[str]) -> None:
    assert tokenise(text) == terms


def test_an_index_of_words_without_pairs_answers_all_but_what_is_written_without_spaces() -> None:
    assert readable_versions("rotate a key") == [VERSION, "english-1"]
    assert readable_versions("年假") == [VERSION]


def test_a_term_is_never_longer_than_the_index_takes() -> None:
    assert [len(term) for term in tokenise("z" * 5_000)] == [MAX_TERM_CHARACTERS]


def test_a_passage_is_found_by_its_title_and_headings_too() -> None:
    assert passage_terms("Billing", "Plans > Limits", "Text.") == ["bill", "plan", "limit", "text"]
    assert passage_terms("", "", "| E1 | Lost |", "| Code | Meaning |") == ["code", "mean", "e1", "lost"]
