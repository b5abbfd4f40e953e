"""Retrieval: search within what the principal may see, and look closer at what was found."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from temporalio.common import MetricCounter, MetricMeter
from temporalio.testing import ActivityEnvironment

from activities.search.passage_cache import PassageTextCache
from activities.search.passage_finder import CANDIDATES, FindOptions, PassageFinder
from activities.search.reranking import DEGRADED_COUNTER, Rerankers
from activities.turns.retrieval import TOP_K, RerankInput, Retrieval, RetrievalActivities, RetrieveInput
from domain.audit.envelope import AuditKind
from domain.search.errors import RerankerUnavailableError
from domain.search.ports import Reranker
from domain.search.reranking import RerankCandidate, RerankerKind, RerankFault
from domain.search.retrieval import SearchFilters, SearchWarning
from tests.unit.activities.fakes import (
    DATASET,
    GENERATION,
    TENANT,
    HashedEmbedder,
    ListedIndex,
    MemoryTexts,
    passage_of,
)

TEXTS = {UUID(int=100 + number): f"text of passage {number}" for number in range(1, 30)}


class ScoringReranker:
    """Scores by the given numbers, or fails in the given way."""

    model = "scores-1"

    def __init__(self, kind: RerankerKind, *scores: float, fault: RerankFault | None = None) -> None:
        self.kind = kind
        self.asked: list[list[str]] = []
        self._scores = scores
        self._fault = fault

    async def rerank(self, question: str, candidates: Sequence[RerankCandidate]) -> tuple[float, ...]:
        self.asked.append([candidate.text for candidate in candidates])
        if self._fault:
            raise RerankerUnavailableError(self._fault)
        return self._scores[: len(candidates)]


class CountingMeter(MetricMeter):
    """Remembers what was counted, with its labels."""

    def __init__(self) -> None:
        self.counted: list[tuple[str, dict[str, Any]]] = []
        self.labels: dict[str, Any] = {}

    def with_additional_attributes(self, additional_attributes: Any) -> "CountingMeter":
        self.labels = dict(additional_attributes)
        return self

    def create_counter(self, name: str, description: str | None = None, unit: str | None = None) -> MetricCounter:
        counted, labels = self.counted, self.labels
        counter = MetricMeter.noop.create_counter(name)
        counter.add = lambda value, additional_attributes=None: counted.append((name, labels))  # type: ignore[method-assign]
        return counter

    create_histogram = create_histogram_float = create_histogram_timedelta = MetricMeter.noop.create_histogram  # type: ignore[assignment]
    create_gauge = create_gauge_float = MetricMeter.noop.create_gauge  # type: ignore[assignment]


def finder_of(index: ListedIndex, *rerankers: Reranker) -> PassageFinder:
    return PassageFinder(HashedEmbedder(), index, PassageTextCache(MemoryTexts(TEXTS)), Rerankers(*rerankers))


def found(count: int) -> ListedIndex:
    return ListedIndex(*(passage_of(f"text of passage {number}", number) for number in range(1, count + 1)))


async def retrieved(
    step: ActivityEnvironment, index: ListedIndex, *rerankers: Reranker, kind: RerankerKind = RerankerKind.NONE
) -> Retrieval:
    given = RetrieveInput(
        tenant_id=TENANT,
        dataset_ids=(DATASET,),
        visibilities=("external",),
        roles=("agent",),
        question="How so?",
        reranker=kind,
    )
    return await step.run(RetrievalActivities(finder_of(index, *rerankers)).retrieve, given)


def order(retrieval: Retrieval) -> list[int]:
    return [passage.passage_id.int - 100 for passage in retrieval.passages]


async def test_the_search_is_limited_to_the_principals_rights(step: ActivityEnvironment) -> None:
    index = ListedIndex()
    await retrieved(step, index)
    ((query, filters, top_k),) = index.searches
    assert (query.text, query.vector, query.model) == ("How so?", (1.0, 0.0, 0.0, 0.0), "hashed-4")
    assert (filters.tenant_id, filters.dataset_ids) == (TENANT, (DATASET,))
    assert (filters.visibilities, filters.roles) == (("external",), ("agent",))
    assert top_k == CANDIDATES


async def test_passages_are_recorded_by_reference_with_their_scores(step: ActivityEnvironment) -> None:
    retrieval = await retrieved(step, ListedIndex(passage_of("the secret of the text")))
    (envelope,) = retrieval.envelopes
    assert envelope.kind is AuditKind.RETRIEVAL_PERFORMED
    assert envelope.versions["index_generation"] == str(GENERATION)
    recorded = envelope.decided["passages"]
    assert isinstance(recorded, list)
    assert recorded[0] == {
        "passage_id": str(retrieval.passages[0].passage_id),
        "version_id": str(retrieval.passages[0].version_id),
        "text_sha256": retrieval.passages[0].text_sha256,
        "title": "Keys",
        "section_heading": "Rotate",
        "fused": 0.8,
        "boost": 1.0,
        "reranked": None,
        "dense": 0.6,
        "lexical": 1.5,
    }


async def test_no_passage_text_and_no_question_stand_in_the_result(step: ActivityEnvironment) -> None:
    recorded = (await retrieved(step, ListedIndex(passage_of("the secret of the text")))).model_dump_json()
    assert "the secret of the text" not in recorded
    assert "How so?" not in recorded


async def test_an_empty_index_is_no_error_and_no_confidence(step: ActivityEnvironment) -> None:
    retrieval = await retrieved(step, ListedIndex())
    assert (retrieval.passages, retrieval.confidence, retrieval.generation_id) == ((), 0.0, None)


async def test_the_first_passages_are_ordered_by_the_reranker_and_both_scores_are_recorded(
    step: ActivityEnvironment,
) -> None:
    local = ScoringReranker(RerankerKind.LOCAL, 0.1, 0.9, 0.5)
    retrieval = await retrieved(step, found(3), local, kind=RerankerKind.LOCAL)
    assert order(retrieval) == [2, 3, 1]
    (envelope,) = retrieval.envelopes
    recorded = envelope.decided["passages"]
    assert isinstance(recorded, list)
    assert [(one["fused"], one["reranked"]) for one in recorded if isinstance(one, dict)] == [
        (0.8, 0.9),
        (0.8, 0.5),
        (0.8, 0.1),
    ]
    rerank = envelope.decided["rerank"]
    assert isinstance(rerank, dict)
    assert (rerank["wanted"], rerank["used"], rerank["model"], rerank["fault"]) == ("local", "local", "scores-1", None)
    assert retrieval.warnings == ()


async def test_no_more_than_the_top_are_returned_and_all_candidates_are_looked_at(step: ActivityEnvironment) -> None:
    local = ScoringReranker(RerankerKind.LOCAL, *(number / 100 for number in range(25)))
    retrieval = await retrieved(step, found(25), local, kind=RerankerKind.LOCAL)
    assert len(local.asked[0]) == CANDIDATES
    assert order(retrieval) == list(range(CANDIDATES, CANDIDATES - TOP_K, -1))


@pytest.mark.parametrize("fault", [RerankFault.TIMEOUT, RerankFault.CIRCUIT_OPEN])
async def test_a_reranker_that_fails_leaves_the_fused_order_and_is_told_and_counted(
    step: ActivityEnvironment, fault: RerankFault
) -> None:
    step.metric_meter = meter = CountingMeter()
    local = ScoringReranker(RerankerKind.LOCAL, fault=fault)
    retrieval = await retrieved(step, found(3), local, kind=RerankerKind.LOCAL)
    assert order(retrieval) == [1, 2, 3]
    assert [warning.code for warning in retrieval.warnings] == ["reranker_degraded"]
    assert meter.counted == [(DEGRADED_COUNTER, {"wanted": "local", "used": "none", "fault": fault.value})]


async def test_a_reranker_that_is_not_installed_is_told(step: ActivityEnvironment) -> None:
    retrieval = await retrieved(step, found(2), kind=RerankerKind.LOCAL)
    assert retrieval.rerank is not None
    assert (retrieval.rerank.used, retrieval.rerank.fault) == (RerankerKind.NONE, RerankFault.NOT_CONFIGURED)


async def test_an_outside_reranker_is_not_called_by_the_local_step(step: ActivityEnvironment) -> None:
    cohere = ScoringReranker(RerankerKind.COHERE, 0.1, 0.2)
    retrieval = await retrieved(step, found(25), cohere, kind=RerankerKind.COHERE)
    assert cohere.asked == []
    assert order(retrieval) == list(range(1, CANDIDATES + 1))
    assert retrieval.warnings == ()


async def reranked(step: ActivityEnvironment, retrieval: Retrieval, *rerankers: Reranker) -> Retrieval:
    activities = RetrievalActivities(finder_of(ListedIndex(), *rerankers))
    given = RerankInput(tenant_id=TENANT, question="How so?", reranker=RerankerKind.COHERE, retrieval=retrieval)
    return await step.run(activities.rerank_passages, given)


async def test_the_outside_reranker_orders_what_was_found(step: ActivityEnvironment) -> None:
    first = await retrieved(step, found(10), kind=RerankerKind.COHERE)
    cohere = ScoringReranker(RerankerKind.COHERE, *(number / 10 for number in range(10)))
    second = await reranked(step, first, cohere)
    assert order(second) == [10, 9, 8, 7, 6, 5, 4, 3]
    assert (second.confidence, second.generation_id) == (first.confidence, first.generation_id)
    (envelope,) = second.envelopes
    assert (envelope.kind, envelope.versions["reranker"]) == (AuditKind.PASSAGES_RERANKED, "scores-1")
    assert "text of passage" not in second.model_dump_json()


async def test_the_local_reranker_stands_in_for_the_outside_one_and_the_answer_says_so(
    step: ActivityEnvironment,
) -> None:
    first = await retrieved(step, found(2), kind=RerankerKind.COHERE)
    cohere = ScoringReranker(RerankerKind.COHERE, fault=RerankFault.RATE_LIMITED)
    second = await reranked(step, first, cohere, ScoringReranker(RerankerKind.LOCAL, 0.1, 0.2))
    assert order(second) == [2, 1]
    assert second.rerank is not None
    assert (second.rerank.used, second.rerank.fault) == (RerankerKind.LOCAL, RerankFault.RATE_LIMITED)
    assert [warning.code for warning in second.warnings] == ["reranker_degraded"]


async def test_what_the_index_could_not_use_is_told_recorded_and_kept_by_a_later_look(
    step: ActivityEnvironment,
) -> None:
    index = found(2)
    index.warnings = (SearchWarning.ANALYSER_DIFFERS,)
    first = await retrieved(step, index, kind=RerankerKind.COHERE)
    second = await reranked(step, first, ScoringReranker(RerankerKind.COHERE, fault=RerankFault.TIMEOUT))
    instead = first.in_fused_order(RerankerKind.COHERE)
    assert [warning.code for warning in first.warnings] == ["analyser_differs"]
    assert first.envelopes[0].decided["warnings"] == ["analyser_differs"]
    for later in (second, instead):
        assert [warning.code for warning in later.warnings] == ["analyser_differs", "reranker_degraded"]


async def test_when_every_reranker_fails_the_first_fault_is_told(step: ActivityEnvironment) -> None:
    first = await retrieved(step, found(2), kind=RerankerKind.COHERE)
    failing = (
        ScoringReranker(RerankerKind.COHERE, fault=RerankFault.UNREACHABLE),
        ScoringReranker(RerankerKind.LOCAL, fault=RerankFault.TIMEOUT),
    )
    second = await reranked(step, first, *failing)
    assert order(second) == [1, 2]
    assert second.rerank is not None
    assert (second.rerank.used, second.rerank.fault) == (RerankerKind.NONE, RerankFault.UNREACHABLE)


async def test_a_copy_gives_its_place_to_another_passage_and_is_counted(step: ActivityEnvironment) -> None:
    copy = passage_of("text of passage 1", 2).model_copy(update={"passage_id": UUID(int=102)})
    index = ListedIndex(passage_of("text of passage 1", 1), copy, passage_of("text of passage 3", 3))
    texts = PassageTextCache(MemoryTexts({**TEXTS, UUID(int=102): "text of passage 1"}))
    finder = PassageFinder(HashedEmbedder(), index, texts, Rerankers())
    filters = SearchFilters(tenant_id=TENANT, dataset_ids=(DATASET,), visibilities=("external",))
    result = await finder.find("How so?", filters, FindOptions(top_k=TOP_K))
    assert [one.passage_id.int for one in result.passages] == [101, 103]
    assert result.duplicates == (UUID(int=102),)
    kept = await finder.find("How so?", filters, FindOptions(top_k=TOP_K, keeps_copies=True))
    assert [one.passage_id.int for one in kept.passages] == [101, 102, 103]
