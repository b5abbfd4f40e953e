from activities.search.searching import SearchFound
from domain.search.confidence import Evidence
from domain.search.reranking import RerankerKind, RerankFault, RerankProvenance
from domain.search.retrieval import SearchMode, SearchTimings, SearchWarning
from workflows.pages.search import found_page


def test_a_page_says_what_went_otherwise_than_wanted() -> None:
    found = SearchFound(
        passages=(),
        mode=SearchMode.LEXICAL,
        generation_id=None,
        model=None,
        confidence=0.0,
        evidence=Evidence(nearest=0.0, lexical=0.0),
        duplicates=(),
        rerank=RerankProvenance(wanted=RerankerKind.LOCAL, used=RerankerKind.NONE, fault=RerankFault.TIMEOUT),
        timings=SearchTimings(embed_ms=1.0, index_ms=2.0, order_ms=0.5),
        warnings=(SearchWarning.ANALYSER_DIFFERS,),
        envelopes=(),
    )
    head, told = found_page(found).split("\n\n")
    assert head.startswith("**No passages** by a lexical search")
    assert "an earlier release" in told
    assert "a simpler order" in told
