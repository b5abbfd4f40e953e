"""Understand a message: may it be answered, what does it ask, where is the answer looked for."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from activities.admission import Admissions
from activities.envelopes import StepClock
from activities.following import Conversing, Followed, FollowUpReader
from activities.question_envelopes import intent_classified, listed, policy_versions
from domain import routing
from domain.answer import Intent
from domain.audit import AuditKind, Envelope
from domain.base import Value, sha256_of
from domain.bot import Bot
from domain.bot_ports import BotLookup
from domain.follow_up import PastTurn, may_follow
from domain.intent import Classification
from domain.policy import Admission
from domain.policy_access import AccessDecision
from domain.policy_in_force import SMALLEST_COUNT, PinnedPolicy, PolicyInForce, allowed_packs
from domain.ports import PackCatalog
from domain.reranking import RerankerKind
from domain.routing import Route
from domain.tool import ToolDef, ToolPlan
from domain.tool_arguments import Moment, ToolPlanner
from domain.tool_selection import VERSION as TOOLS_VERSION
from domain.tool_selection import allowed_tools

_MOST_ASKABLE: Final = 8


class UnderstandInput(Value):
    tenant_id: UUID
    bot_id: UUID
    message: str
    pack_hint: str | None
    roles: tuple[str, ...] = ()
    received_at: datetime | None = None
    """The turn's own clock: "yesterday" is the day before it."""
    conversing: Conversing | None = None
    """Where the conversation stood; None for a message that began one."""


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
    tool_plan: ToolPlan = ToolPlan()
    policy: PinnedPolicy = PinnedPolicy()
    document_question: str | None = None
    """What the documents are asked, where that is not the whole message."""
    understood_as: str | None = None
    """The question that a follow-up was read as, which is the one that was admitted, classified and routed."""
    available_tools: tuple[str, ...] = ()
    """Those that the asker may use; filled in for questions about access."""
    askable_figures: tuple[str, ...] = ()
    """What the asker may ask tools for; filled in for questions for figures."""
    envelopes: tuple[Envelope, ...]

    @property
    def needs_retrieval(self) -> bool:
        """Access questions, greetings and calls for a person run no retrieval, nor do figures that tools bring.

        Nor do figures of which a tool was not told enough: what documents say of their words would be stretched.
        """
        figures_from_documents = Intent.STATS in self.intents and self.tool_plan == ToolPlan()
        return bool(self.dataset_ids) and (Intent.HOW_TO in self.intents or figures_from_documents)


class QuestionReader:
    """Depends on the tenant's bots, on the packs that this installation has, and on its reranker for all bots that have
    not chosen one."""

    def __init__(
        self,
        bots: BotLookup,
        packs: PackCatalog,
        reranker: RerankerKind = RerankerKind.NONE,
        planner: ToolPlanner | None = None,
        smallest_count: int = SMALLEST_COUNT,
        follow_ups: FollowUpReader | None = None,
        admissions: Admissions | None = None,
    ) -> None:
        self._bots = bots
        self._packs = packs
        self._reranker = reranker
        self._planner = planner
        self._smallest_count = smallest_count
        self._follow_ups = follow_ups
        self._admissions = admissions or Admissions()

    async def understand_question(self, given: UnderstandInput) -> Understanding:
        """Admit, read in view of the conversation, classify and route.

        Raises BotNotFoundError if the bot was deleted since the request, DatabaseUnavailableError (retryable).
        """
        clock = StepClock()
        bot, past = await self._look_up(given)
        in_force = PolicyInForce.of(bot)
        policy_pin = in_force.pin(self._smallest_count)
        admission = self._admissions.admit(given.message, in_force)
        if not admission.admitted:
            return _denied(bot, admission, policy_pin, clock, given)
        self._packs.notice(bot.pack_ids)
        access = allowed_packs(bot, self._packs.summaries(), given.roles)
        bot = bot.model_copy(update={"datasets": tuple(one for one in bot.datasets if one.pack_id in access.allowed)})
        tool_access = allowed_tools(self._packs.tools(), bot.pack_ids, given.roles, in_force.access)
        tools = [tool for tool in self._packs.tools() if tool.name in tool_access.allowed]
        followed = self._follow(clock, given, past, tools, bot)
        if followed.question is not None:
            # What a message means is judged like what it says, and everything from here on is decided by it.
            given = given.model_copy(update={"message": followed.question})
            admission = self._admissions.admit(given.message, in_force)
            if not admission.admitted:
                return _denied(bot, admission, policy_pin, clock, given, followed.envelopes)
        classified = followed.read(given.message, [words for tool in tools for words in tool.metrics])
        intent_envelope = intent_classified(clock, given.message, classified, policy_pin)
        route, datasets, route_envelope = self._route(clock, given, bot, access, policy_pin)
        plan, tool_envelopes = self._tools(bot, tools, tool_access, classified, given)
        return Understanding(
            admission=admission,
            intents=classified.intents,
            pack_ids=route.pack_ids,
            available_pack_ids=bot.pack_ids,
            dataset_ids=datasets,
            refusal=bot.refusal,
            minimum_confidence=bot.minimum_confidence,
            reranker=bot.reranker or self._reranker,
            tool_plan=plan,
            policy=policy_pin,
            document_question=_document_question(classified, given) or followed.question,
            understood_as=followed.question,
            available_tools=tuple(tool.name for tool in tools) if Intent.ACCESS in classified.intents else (),
            askable_figures=_askable(tools) if Intent.STATS in classified.intents else (),
            envelopes=(*followed.envelopes, intent_envelope, route_envelope, *tool_envelopes),
        )

    async def _look_up(self, given: UnderstandInput) -> tuple[Bot, tuple[PastTurn, ...]]:
        """The bot and, beside it, the turns before a message that may need them."""
        bot = self._bots.get(given.tenant_id, given.bot_id)
        if self._follow_ups is None or given.conversing is None or not may_follow(given.message):
            return await bot, ()
        return await asyncio.gather(bot, self._follow_ups.before(given.tenant_id, given.conversing))

    def _follow(
        self,
        clock: StepClock,
        given: UnderstandInput,
        past: tuple[PastTurn, ...],
        tools: Sequence[ToolDef],
        bot: Bot,
    ) -> Followed:
        conversing = given.conversing
        if self._follow_ups is None or conversing is None or given.received_at is None:
            return Followed()
        moment = Moment(given.received_at, bot.time_zone)
        return self._follow_ups.follow(clock, given.message, conversing, past, tools, moment)

    def _route(
        self, clock: StepClock, given: UnderstandInput, bot: Bot, access: AccessDecision, policy_pin: PinnedPolicy
    ) -> tuple[Route, tuple[UUID, ...], Envelope]:
        """The packs that are asked, their datasets, and the envelope of that decision."""
        route = routing.route(given.message, bot.datasets, self._packs.summaries(), given.pack_hint)
        datasets = tuple(dataset.dataset_id for dataset in bot.datasets if dataset.pack_id in route.pack_ids)
        envelope = clock.seal(
            AuditKind.PACKS_SELECTED,
            given={"pack_hint": given.pack_hint, "available": list(access.rule_ids)},
            decided={
                "packs": list(route.pack_ids),
                "reason": route.reason,
                "datasets": [str(dataset) for dataset in datasets],
                "access": listed(access),
                "policy": list(policy_pin.rule_ids),
            },
            versions=self._versions(bot, policy_pin, route.pack_ids),
        )
        return route, datasets, envelope

    def _versions(self, bot: Bot, policy_pin: PinnedPolicy, pack_ids: tuple[str, ...]) -> dict[str, str]:
        """Of what the route rests on."""
        return {"routing": routing.VERSION, "bot": str(bot.version), **policy_pin.versions, **self._digests(pack_ids)}

    def _tools(
        self,
        bot: Bot,
        tools: Sequence[ToolDef],
        access: AccessDecision,
        classified: Classification,
        given: UnderstandInput,
    ) -> tuple[ToolPlan, list[Envelope]]:
        """The calls that a question for figures asks for; nothing at all for any other."""
        if self._planner is None or Intent.STATS not in classified.intents or given.received_at is None:
            return ToolPlan(), []
        clock = StepClock()
        tools = [tool for tool in tools if given.pack_hint in (None, tool.pack_id)]
        plan = self._planner.plan(classified.figures, tools, Moment(given.received_at, bot.time_zone))
        rule_ids = access.rule_ids
        calls = tuple(call.model_copy(update={"rule_ids": rule_ids[call.tool]}) for call in plan.calls)
        plan = plan.model_copy(update={"calls": calls})
        envelope = clock.seal(
            AuditKind.TOOLS_SELECTED,
            given={"tools": [tool.name for tool in tools], "time_zone": bot.time_zone},
            decided={
                "calls": [
                    {"tool": call.tool, "matched": call.matched, "rules": list(call.rule_ids)} for call in plan.calls
                ],
                "warnings": [warning.code for warning in plan.warnings],
                "access": listed(access),
            },
            versions={
                "tools": TOOLS_VERSION,
                **PolicyInForce.of(bot).pin().versions,
                **self._digests(tuple(call.pack_id for call in plan.calls)),
            },
        )
        return plan, [envelope]

    def _digests(self, pack_ids: tuple[str, ...]) -> dict[str, str]:
        return {f"pack/{pack.pack_id}": pack.digest for pack in self._packs.summaries() if pack.pack_id in pack_ids}


def _document_question(classified: Classification, given: UnderstandInput) -> str | None:
    """Figures that no tool brings are looked for in the documents by the whole message."""
    divided = Intent.HOW_TO in classified.intents and classified.how_to != given.message
    return classified.how_to if divided else None


def _askable(tools: Sequence[ToolDef]) -> tuple[str, ...]:
    """The first words of each tool, which are the plainest."""
    return tuple(tool.metrics[0] for tool in tools if tool.metrics and tool.read_only)[:_MOST_ASKABLE]


def _denied(
    bot: Bot,
    admission: Admission,
    policy_pin: PinnedPolicy,
    clock: StepClock,
    given: UnderstandInput,
    before: tuple[Envelope, ...] = (),
) -> Understanding:
    envelope = clock.seal(
        AuditKind.DENIED,
        given={"message_sha256": sha256_of(given.message)},
        decided={
            "rule_id": admission.rule_id,
            "reason": admission.reason,
            "profile": policy_pin.redaction.model_dump(mode="json"),
        },
        versions={**policy_versions(policy_pin), "bot": str(bot.version)},
    )
    return Understanding(
        admission=admission,
        intents=(Intent.UNKNOWN,),
        pack_ids=(),
        available_pack_ids=bot.pack_ids,
        dataset_ids=(),
        policy=policy_pin,
        refusal=bot.refusal,
        minimum_confidence=bot.minimum_confidence,
        envelopes=(*before, envelope),
    )
