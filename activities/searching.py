"""Search for passages on behalf of a person or a program, and say why each result ranks where it does."""

from uuid import UUID

from pydantic import Field
from temporalio import activity

from activities.envelopes import StepClock
from activities.passage_cache import PassageTextCache
from activities.passage_finder import CANDIDATES, FindOptions, FoundPassages, PassageFinder
from activities.passage_screening import PassageScreen
from domain import injection
from domain.answer import AnswerWarning
from domain.audit import AuditKind, Envelope
from domain.base import Value, sha256_of
from domain.confidence import Evidence
from domain.policy_in_force import PinnedPolicy
from domain.reranking import RerankerKind, RerankProvenance
from domain.retrieval import (
    Fusion,
    LegWeights,
    RetrievedPassage,
    SearchFilters,
    SearchMode,
    SearchTimings,
    SearchWarning,
)
from domain.search_warnings import search_warnings, suspicion_warnings


class SearchInput(Value):
    """``reranker`` None takes what the installation has chosen for everybody."""

    query: str
    filters: SearchFilters
    top_k: int = Field(default=10, ge=1)
    mode: SearchMode = SearchMode.HYBRID
    fusion: Fusion = Fusion.CONVEX
    weights: LegWeights | None = None
    reranker: RerankerKind | None = None
    keeps_copies: bool = False
    policy: PinnedPolicy = PinnedPolicy()
    access: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Rules that let the searcher use each pack of the bot, or do not."""


class SearchFound(Value):
    """Passages by reference, best first. ``evidence`` and ``confidence``: how sure the search makes us that the answer
    is in there at all. ``warnings``: what the index could not use."""

    passages: tuple[RetrievedPassage, ...]
    mode: SearchMode
    generation_id: UUID | None
    model: str | None
    confidence: float
    evidence: Evidence
    duplicates: tuple[UUID, ...]
    rerank: RerankProvenance
    timings: SearchTimings
    warnings: tuple[SearchWarning, ...] = ()
    suspicious: dict[UUID, str] = Field(default_factory=dict)
    """Passages that try to give orders, and the rule that each breaks."""
    envelopes: tuple[Envelope, ...]

    @property
    def told(self) -> tuple[AnswerWarning, ...]:
        """What the searcher should know."""
        return (*search_warnings(self.warnings, self.rerank), *suspicion_warnings(self.suspicious.values()))


class SearchingActivities:
    def __init__(
        self, finder: PassageFinder, texts: PassageTextCache, screen: PassageScreen, default_reranker: RerankerKind
    ) -> None:
        self._finder = finder
        self._texts = texts
        self._screen = screen
        self._default_reranker = default_reranker

    @activity.defn
    async def search_passages(self, given: SearchInput) -> SearchFound:
        """Search within what the principal may see. Raises DatabaseUnavailableError (retryable)."""
        clock = StepClock()
        options = FindOptions(
            candidates=max(CANDIDATES, given.top_k),
            reranker=self._default_reranker if given.reranker is None else given.reranker,
            **given.model_dump(include={"top_k", "mode", "fusion", "keeps_copies"}),
            weights=given.weights,
        )
        found = await self._finder.find(given.query, given.filters, options)
        texts = await self._texts.texts(given.filters.tenant_id, found.passages)
        suspicious = self._screen.suspicious(found.passages, texts, given.policy.screening)
        return SearchFound(
            **{name: getattr(found, name) for name in FoundPassages.model_fields},
            confidence=found.confidence,
            suspicious=suspicious,
            envelopes=(self._searched(clock, given, options, found, suspicious),),
        )

    def _searched(
        self,
        clock: StepClock,
        given: SearchInput,
        options: FindOptions,
        found: FoundPassages,
        suspicious: dict[UUID, str],
    ) -> Envelope:
        return clock.seal(
            AuditKind.SEARCH_PERFORMED,
            given={
                "query_sha256": sha256_of(given.query),
                "filters": given.filters.model_dump(mode="json", exclude={"tenant_id"}, exclude_defaults=True),
                **options.model_dump(mode="json", include={"top_k", "mode", "fusion", "reranker"}),
                "access": {pack_id: list(rule_ids) for pack_id, rule_ids in given.access.items()},
            },
            decided={
                "mode": found.mode,
                "confidence": found.confidence,
                "warnings": list(found.warnings),
                "passages": [str(passage.passage_id) for passage in found.passages],
                "duplicates": [str(passage_id) for passage_id in found.duplicates],
                "suspicious": {str(passage_id): rule_id for passage_id, rule_id in suspicious.items()},
            },
            versions={
                **self._finder.versions_of(found),
                "injection": injection.VERSION,
                **given.policy.versions,
            },
        )
