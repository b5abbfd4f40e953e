"""Find the passages that may hold the answer, and look closer at the best of them."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from temporalio import activity

from activities.envelopes import StepClock
from activities.search.passage_finder import CANDIDATES, FindOptions, FoundPassages, PassageFinder
from activities.search.passage_guard import DeniedPassages
from domain.answers.answer import AnswerWarning
from domain.audit.envelope import AuditKind, Envelope
from domain.base import Value, sha256_of
from domain.identity.principal import Visibility
from domain.policy.in_force import PinnedPolicy
from domain.questions.search_warnings import RERANKER_DEGRADED, denied_warnings, search_warnings
from domain.search.reranking import RerankerKind, RerankFault, RerankProvenance
from domain.search.retrieval import PassageReference, RetrievedPassage, SearchFilters, SearchMode

TOP_K: Final = 8


class RetrieveInput(Value):
    """``reranker`` orders the passages within this step; an outside one has a step of its own."""

    tenant_id: UUID
    dataset_ids: tuple[UUID, ...]
    visibilities: tuple[Visibility, ...]
    roles: tuple[str, ...]
    question: str
    reranker: RerankerKind = RerankerKind.NONE
    policy: PinnedPolicy = PinnedPolicy()


class RerankInput(Value):
    """What ``retrieve_passages`` found, to be ordered by an outside reranker."""

    tenant_id: UUID
    question: str
    reranker: RerankerKind
    retrieval: "Retrieval"


class Retrieval(Value):
    """Passages by reference, best first, with the confidence that they answer the question at all."""

    passages: tuple[RetrievedPassage, ...]
    mode: SearchMode
    generation_id: UUID | None
    model: str | None
    confidence: float
    rerank: RerankProvenance | None = None
    warnings: tuple[AnswerWarning, ...] = ()
    envelopes: tuple[Envelope, ...]

    def awaits(self, reranker: RerankerKind) -> bool:
        """Whether ``reranker`` is somebody else's service and has something to order."""
        return reranker.is_outside and bool(self.passages)

    def in_fused_order(self, wanted: RerankerKind) -> "Retrieval":
        """What is answered from when the step of an outside reranker itself fails."""
        provenance = RerankProvenance(wanted=wanted, used=RerankerKind.NONE, fault=RerankFault.UNREACHABLE)
        changed = {
            "passages": self.passages[:TOP_K],
            "rerank": provenance,
            "warnings": (*self.warnings, RERANKER_DEGRADED),
        }
        return self.model_copy(update=changed)


RerankInput.model_rebuild()


class RetrievalActivities:
    def __init__(self, finder: PassageFinder, denied: DeniedPassages | None = None) -> None:
        self._finder = finder
        self._denied = denied

    @activity.defn
    async def retrieve_passages(self, given: RetrieveInput) -> Retrieval:
        """Search, with the passages in the result only: audits put them where they belong. Raises
        DatabaseUnavailableError (retryable)."""
        found = await self.retrieve(given)
        (envelope,) = found.envelopes
        decided = {name: value for name, value in envelope.decided.items() if name != "passages"}
        return found.model_copy(update={"envelopes": (envelope.model_copy(update={"decided": decided}),)})

    async def retrieve(self, given: RetrieveInput) -> Retrieval:
        """Search both legs within what the principal may see. Raises DatabaseUnavailableError (retryable)."""
        clock = StepClock()
        is_outside = given.reranker.is_outside
        options = FindOptions(
            top_k=CANDIDATES if is_outside else TOP_K,
            reranker=RerankerKind.NONE if is_outside else given.reranker,
        )
        filters = SearchFilters(
            tenant_id=given.tenant_id,
            dataset_ids=given.dataset_ids,
            visibilities=given.visibilities,
            roles=given.roles,
        )
        found = await self._finder.find(given.question, filters, options)
        # Before anything of it stands in a history.
        denied = await self._denied.among(given.tenant_id, found.passages, given.policy) if self._denied else {}
        kept = tuple(passage for passage in found.passages if passage.passage_id not in denied)
        found = found.model_copy(update={"passages": kept})
        return Retrieval(
            passages=found.passages,
            mode=found.mode,
            generation_id=found.generation_id,
            model=found.model,
            confidence=found.confidence,
            rerank=found.rerank,
            warnings=(*search_warnings(found.warnings, found.rerank), *denied_warnings(denied.values())),
            envelopes=(self._retrieved(clock, given, options, found, denied),),
        )

    @activity.defn
    async def rerank_passages(self, given: RerankInput) -> Retrieval:
        """Order what was found by an outside service. When that fails, another order is used and a warning says so."""
        clock = StepClock()
        found = given.retrieval
        options = FindOptions(top_k=TOP_K, reranker=given.reranker)
        passages, provenance = await self._finder.look_closer(given.tenant_id, given.question, found.passages, options)
        envelope = clock.seal(
            AuditKind.PASSAGES_RERANKED,
            given={"question_sha256": sha256_of(given.question), "candidates": len(found.passages), "top_k": TOP_K},
            decided={
                "rerank": provenance.model_dump(mode="json"),
                "passages": [PassageReference.of(passage).model_dump(mode="json") for passage in passages],
            },
            versions={"reranker": str(provenance.model)},
        )
        return found.model_copy(
            update={
                "passages": passages,
                "rerank": provenance,
                "warnings": (*found.warnings, *search_warnings((), provenance)),
                "envelopes": (envelope,),
            }
        )

    def _retrieved(
        self,
        clock: StepClock,
        given: RetrieveInput,
        options: FindOptions,
        found: FoundPassages,
        denied: Mapping[UUID, str],
    ) -> Envelope:
        return clock.seal(
            AuditKind.RETRIEVAL_PERFORMED,
            given={
                "question_sha256": sha256_of(given.question),
                "datasets": [str(dataset) for dataset in given.dataset_ids],
                "visibilities": list(given.visibilities),
                "roles": list(given.roles),
                "top_k": options.top_k,
                "candidates": options.candidates,
            },
            decided={
                "mode": found.mode,
                "fusion": options.fusion,
                "confidence": found.confidence,
                "evidence": found.evidence.model_dump(mode="json"),
                "duplicates": [str(passage_id) for passage_id in found.duplicates],
                "denied": {str(passage_id): rule_id for passage_id, rule_id in denied.items()},
                "rerank": found.rerank.model_dump(mode="json"),
                "warnings": list(found.warnings),
                "passages": [PassageReference.of(passage).model_dump(mode="json") for passage in found.passages],
            },
            versions=self._finder.versions_of(found),
        )
