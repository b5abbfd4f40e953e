"""Search for passages on behalf of a person or a program, and say why each result ranks where it does."""

from uuid import UUID

from pydantic import Field
from temporalio import activity

from activities.admission import Admissions
from activities.envelopes import StepClock
from activities.question_envelopes import admission_denied, listed, policy_versions
from activities.search.passage_cache import PassageTextCache
from activities.search.passage_finder import CANDIDATES, FindOptions, FoundPassages, PassageFinder
from activities.search.passage_guard import PassageGuard
from domain.answers.answer import AnswerWarning
from domain.audit.envelope import AuditKind, Envelope
from domain.base import Value, sha256_of
from domain.bots.bot import Bot
from domain.bots.ports import BotLookup
from domain.bots.rights import allowed_packs, policy_of
from domain.guardrails import redaction
from domain.guardrails.hidden_text import HiddenSpan
from domain.guardrails.reviews import Reviewed
from domain.packs.ports import PackCatalog
from domain.policy.access import AccessDecision
from domain.policy.admission import Admission
from domain.policy.in_force import PinnedPolicy
from domain.questions.search_warnings import (
    denied_warnings,
    redaction_warnings,
    refusal_warnings,
    search_warnings,
    suspicion_warnings,
)
from domain.search.confidence import Evidence
from domain.search.reranking import RerankerKind, RerankProvenance
from domain.search.retrieval import (
    Fusion,
    LegWeights,
    RetrievedPassage,
    SearchFilters,
    SearchMode,
    SearchTimings,
    SearchWarning,
)


class SearchInput(Value):
    """``reranker`` None takes what the installation has chosen for everybody. ``bot_id``: the bot by whose policy, and
    within whose packs, is searched; None is the tenant's default one."""

    query: str
    filters: SearchFilters
    top_k: int = Field(default=10, ge=1)
    mode: SearchMode = SearchMode.HYBRID
    fusion: Fusion = Fusion.CONVEX
    weights: LegWeights | None = None
    reranker: RerankerKind | None = None
    keeps_copies: bool = False
    bot_id: UUID | None = None


class SearchFound(Value):
    """Passages by reference, best first, as they may be shown. ``evidence`` and ``confidence``: how sure the search
    makes us that the answer is in there at all. ``warnings``: what the index could not use."""

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
    admission: Admission = Admission(admitted=True)
    policy: PinnedPolicy = PinnedPolicy()
    denied: dict[UUID, str] = Field(default_factory=dict)
    """Passages that are left out because they hold what is denied, and the rule of each."""
    hidden: dict[UUID, tuple[HiddenSpan, ...]] = Field(default_factory=dict)
    """Places in the texts of passages that are not shown: the texts themselves stand in no history."""
    redactions: dict[str, int] = Field(default_factory=dict)
    """How often each kind was hidden."""
    envelopes: tuple[Envelope, ...]

    @property
    def told(self) -> tuple[AnswerWarning, ...]:
        """What the searcher should know."""
        return (
            *refusal_warnings(self.admission),
            *search_warnings(self.warnings, self.rerank),
            *suspicion_warnings(self.suspicious.values()),
            *denied_warnings(self.denied.values()),
            *redaction_warnings(self.redactions),
        )


class SearchingActivities:
    def __init__(
        self,
        finder: PassageFinder,
        texts: PassageTextCache,
        bots: BotLookup,
        packs: PackCatalog,
        admissions: Admissions,
        guard: PassageGuard,
        default_reranker: RerankerKind,
    ) -> None:
        self._finder = finder
        self._texts = texts
        self._bots = bots
        self._packs = packs
        self._admissions = admissions
        self._guard = guard
        self._default_reranker = default_reranker

    @activity.defn
    async def search_passages(self, given: SearchInput) -> SearchFound:
        """Search within what the principal may see, and show of it what the policy in force lets a turn show.

        Raises BotNotFoundError if the bot was deleted since the request, DatabaseUnavailableError (retryable).
        """
        clock = StepClock()
        bot = await self._bot(given)
        in_force = policy_of(bot)
        admission = self._admissions.admit(given.query, in_force)
        if not admission.admitted:
            return _refused(clock, given, admission, bot)
        self._packs.notice(bot.pack_ids)
        access = allowed_packs(bot, self._packs.summaries(), given.filters.roles)
        filters = _narrowed(given.filters, bot, access)
        options = self._options(given)
        found = await self._finder.find(given.query, filters, options)
        texts = await self._texts.texts(filters.tenant_id, found.passages)
        reviewed = await self._guard.review(found.passages, texts, in_force)
        return SearchFound(
            **{name: getattr(found, name) for name in FoundPassages.model_fields if name != "passages"},
            **reviewed._asdict(),
            confidence=found.confidence,
            policy=in_force.pin(),
            envelopes=(self._searched(clock, given, options, found, reviewed, bot, access),),
        )

    async def _bot(self, given: SearchInput) -> Bot:
        tenant_id = given.filters.tenant_id
        return await (self._bots.get(tenant_id, given.bot_id) if given.bot_id else self._bots.default(tenant_id))

    def _options(self, given: SearchInput) -> FindOptions:
        return FindOptions(
            candidates=max(CANDIDATES, given.top_k),
            reranker=self._default_reranker if given.reranker is None else given.reranker,
            **given.model_dump(include={"top_k", "mode", "fusion", "keeps_copies"}),
            weights=given.weights,
        )

    def _searched(
        self,
        clock: StepClock,
        given: SearchInput,
        options: FindOptions,
        found: FoundPassages,
        reviewed: Reviewed,
        bot: Bot,
        access: AccessDecision,
    ) -> Envelope:
        pinned = policy_of(bot).pin()
        return clock.seal(
            AuditKind.SEARCH_PERFORMED,
            given={
                "query_sha256": sha256_of(given.query),
                "filters": given.filters.model_dump(mode="json", exclude={"tenant_id"}, exclude_defaults=True),
                **options.model_dump(mode="json", include={"top_k", "mode", "fusion", "reranker"}),
                "access": listed(access),
            },
            decided={
                "mode": found.mode,
                "confidence": found.confidence,
                "warnings": list(found.warnings),
                "passages": [str(passage.passage_id) for passage in reviewed.passages],
                "duplicates": [str(passage_id) for passage_id in found.duplicates],
                "suspicious": {str(passage_id): rule_id for passage_id, rule_id in reviewed.suspicious.items()},
                "denied": {str(passage_id): rule_id for passage_id, rule_id in reviewed.denied.items()},
                "redactions": dict(reviewed.redactions),
                "profile": pinned.redaction.model_dump(mode="json"),
                "rules": list(pinned.rule_ids),
            },
            versions={
                **self._finder.versions_of(found),
                **policy_versions(pinned),
                "bot": str(bot.version),
                "redaction": redaction.VERSION,
                "detector": self._guard.version,
            },
        )


def _narrowed(filters: SearchFilters, bot: Bot, access: AccessDecision) -> SearchFilters:
    """Within the bot's datasets in packs that the searcher may use, whatever was asked for."""
    open_datasets = {dataset.dataset_id for dataset in bot.within(access.allowed).datasets}
    kept = tuple(dataset_id for dataset_id in filters.dataset_ids if dataset_id in open_datasets)
    return filters.model_copy(update={"dataset_ids": kept})


def _refused(clock: StepClock, given: SearchInput, admission: Admission, bot: Bot) -> SearchFound:
    """Nothing was searched, as for a question that policy refuses."""
    pinned = policy_of(bot).pin()
    envelope = admission_denied(clock, {"query_sha256": sha256_of(given.query)}, admission, pinned, bot)
    return SearchFound(
        passages=(),
        mode=given.mode,
        generation_id=None,
        model=None,
        confidence=0.0,
        evidence=Evidence(nearest=None, lexical=None),
        duplicates=(),
        rerank=RerankProvenance(wanted=RerankerKind.NONE, used=RerankerKind.NONE),
        timings=SearchTimings(embed_ms=0.0, index_ms=0.0, order_ms=0.0),
        admission=admission,
        policy=pinned,
        envelopes=(envelope,),
    )
