"""Retrieval: search within what the principal may see."""

from temporalio.testing import ActivityEnvironment

from activities.retrieval import TOP_K, Retrieval, RetrievalActivities, RetrieveInput
from domain.audit import AuditKind
from tests.unit.activities.fakes import DATASET, GENERATION, TENANT, HashedEmbedder, ListedIndex, passage_of


async def retrieved(step: ActivityEnvironment, index: ListedIndex) -> Retrieval:
    given = RetrieveInput(
        tenant_id=TENANT, dataset_ids=(DATASET,), visibilities=("external",), roles=("agent",), question="How so?"
    )
    return await step.run(RetrievalActivities(HashedEmbedder(), index).retrieve_passages, given)


async def test_the_search_is_limited_to_the_principals_rights(step: ActivityEnvironment) -> None:
    index = ListedIndex()
    await retrieved(step, index)
    ((query, filters, top_k),) = index.searches
    assert (query.text, query.vector, query.model) == ("How so?", (1.0, 0.0, 0.0, 0.0), "hashed-4")
    assert (filters.tenant_id, filters.dataset_ids) == (TENANT, (DATASET,))
    assert (filters.visibilities, filters.roles) == (("external",), ("agent",))
    assert top_k == TOP_K


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
        "fused": 0.8,
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
