"""Understand a message: may it be answered, what does it ask, where is the answer looked for."""

from uuid import UUID

from temporalio import activity

from activities.envelopes import StepClock
from domain import intent, policy, routing
from domain.answer import Intent
from domain.audit import AuditKind, Envelope
from domain.base import Value, sha256_of
from domain.bot import Bot
from domain.policy import Admission
from domain.ports import BotRepository, PackCatalog
from domain.reranking import RerankerKind


class UnderstandInput(Value):
    tenant_id: UUID
    bot_id: UUID
    message: str
    pack_hint: str | None


class Understanding(Value):
    """``dataset_ids`` are those of the routed packs; empty when nothing is to be searched."""

    admission: Admission
    intents: tuple[Intent, ...]
    pack_ids: tuple[str, ...]
    available_pack_ids: tuple[str, ...]
    dataset_ids: tuple[UUID, ...]
    refusal: str
    minimum_confidence: float
    reranker: RerankerKind = RerankerKind.NONE
    envelopes: tuple[Envelope, ...]

    @property
    def needs_retrieval(self) -> bool:
        """Access questions, greetings and calls for a person run no retrieval."""
        return bool(self.dataset_ids) and any(asked in (Intent.HOW_TO, Intent.STATS) for asked in self.intents)


class UnderstandingActivities:
    """Depends on the tenant's bots, on the packs that this installation has, and on its reranker for all bots that have
    not chosen one."""

    def __init__(self, bots: BotRepository, packs: PackCatalog, reranker: RerankerKind = RerankerKind.NONE) -> None:
        self._bots = bots
        self._packs = packs
        self._reranker = reranker

    @activity.defn
    async def understand_question(self, given: UnderstandInput) -> Understanding:
        """Admit, classify and route. Raises BotNotFoundError if the bot was deleted since the request."""
        clock = StepClock()
        bot = await self._bots.get(given.tenant_id, given.bot_id)
        admission = policy.admit(given.message, bot.deny_patterns)
        if not admission.admitted:
            return _denied(bot, admission, clock, given)
        classified = intent.classify(given.message)
        intent_envelope = clock.seal(
            AuditKind.INTENT_CLASSIFIED,
            given={"message_sha256": sha256_of(given.message)},
            decided={"intents": list(classified.intents), "rules": list(classified.rules)},
            versions={"intent": intent.VERSION, "policy": policy.VERSION},
        )
        route = routing.route(given.message, bot.datasets, self._packs.summaries(), given.pack_hint)
        datasets = tuple(dataset.dataset_id for dataset in bot.datasets if dataset.pack_id in route.pack_ids)
        route_envelope = clock.seal(
            AuditKind.PACKS_SELECTED,
            given={"pack_hint": given.pack_hint, "available": list(bot.pack_ids)},
            decided={
                "packs": list(route.pack_ids),
                "reason": route.reason,
                "datasets": [str(dataset) for dataset in datasets],
            },
            versions={"routing": routing.VERSION, "bot": str(bot.version), **self._digests(route.pack_ids)},
        )
        return Understanding(
            admission=admission,
            intents=classified.intents,
            pack_ids=route.pack_ids,
            available_pack_ids=bot.pack_ids,
            dataset_ids=datasets,
            refusal=bot.refusal,
            minimum_confidence=bot.minimum_confidence,
            reranker=bot.reranker or self._reranker,
            envelopes=(intent_envelope, route_envelope),
        )

    def _digests(self, pack_ids: tuple[str, ...]) -> dict[str, str]:
        return {f"pack/{pack.pack_id}": pack.digest for pack in self._packs.summaries() if pack.pack_id in pack_ids}


def _denied(bot: Bot, admission: Admission, clock: StepClock, given: UnderstandInput) -> Understanding:
    envelope = clock.seal(
        AuditKind.DENIED,
        given={"message_sha256": sha256_of(given.message)},
        decided={"rule_id": admission.rule_id, "reason": admission.reason},
        versions={"policy": policy.VERSION, "bot": str(bot.version)},
    )
    return Understanding(
        admission=admission,
        intents=(Intent.UNKNOWN,),
        pack_ids=(),
        available_pack_ids=bot.pack_ids,
        dataset_ids=(),
        refusal=bot.refusal,
        minimum_confidence=bot.minimum_confidence,
        envelopes=(envelope,),
    )
