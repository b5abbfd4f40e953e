"""``answerable search`` against the API over fakes."""

from domain.search.reranking import RerankerKind, RerankFault, RerankProvenance
from tests.unit.api.fakes import Backend
from tests.unit.api.knowledge.test_search import passage
from tests.unit.cli.conftest import Terminal


def test_results_are_shown_with_place_and_text(terminal: Terminal, backend: Backend) -> None:
    backend.searches.found = (passage(backend),)
    shown = terminal.run("search", "rotate", "--top", "3").stdout
    assert "1. Rotate  rotate.md  0.700" in shown
    assert "Open Settings." in shown
    assert backend.searches.asked[0].top_k == 3


def test_an_explained_search_shows_scores_ranks_and_why_the_reranker_is_another(
    terminal: Terminal, backend: Backend
) -> None:
    backend.searches.found = (passage(backend, lexical=3.25, lexical_rank=2, boost=1.1, reranked=0.5),)
    backend.searches.rerank = RerankProvenance(
        wanted=RerankerKind.COHERE, used=RerankerKind.LOCAL, fault=RerankFault.TIMEOUT
    )
    shown = terminal.run("search", "rotate", "--explain").stdout
    for part in ("0.800 #1", "3.25 #2", "x1.10", "0.500", "reranker local instead of cohere (timeout)"):
        assert part in shown
    assert "reranker_degraded" in shown


def test_nothing_found_is_said(terminal: Terminal) -> None:
    assert "No results." in terminal.run("search", "rotate").stdout


def test_a_program_gets_json(terminal: Terminal, backend: Backend) -> None:
    backend.searches.found = (passage(backend),)
    assert terminal.json("search", "rotate", "--explain")["results"][0]["scores"]["dense"] == 0.8
