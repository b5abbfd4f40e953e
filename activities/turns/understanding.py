"""Understand a message: may it be answered, what does it ask, where is the answer looked for.

Pure: what has to be looked up for it is looked up before, so that it can be done in another process, and ended there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from activities.admission import Admissions
from activities.envelopes import StepClock
from activities.question_envelopes import admission_denied, intent_classified, listed
from activities.turns.follow_ups import Conversing, Followed, FollowUpReader
from domain.answers.answer import Intent
from domain.audit.envelope import AuditKind, Envelope
from domain.base import Value, sha256_of
from domain.bots.bot import Bot
from domain.bots.rights import allowed_packs, policy_of
from domain.limits.text_work import MAX_INLINE_CHARACTERS, TextStep
from domain.packs.pack import PackSummary
from domain.packs.tool import ToolDef, ToolPlan
from domain.packs.tool_arguments import Moment, ToolPlanner
from domain.packs.tool_selection import VERSION as TOOLS_VERSION
from domain.policy.access import AccessDecision, allowed_tools
from domain.policy.admission import Admission
from domain.policy.in_force import PinnedPolicy
from domain.questions import routing
from domain.questions.follow_up import PastTurn
from domain.questions.intent import Classification
from domain.questions.routing import Route
from domain.search.reranking import RerankerKind

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


class ReadingInput(Value):
    """A message, and all that it is understood by: ``past`` are the turns before it, newest first; what follows them
    is the installation's."""

    asked: UnderstandInput
    bot: Bot
    past: tuple[PastTurn, ...]
    packs: tuple[PackSummary, ...]
    tools: tuple[ToolDef, ...]
    reranker: RerankerKind
    smallest_count: int

    @property
    def is_long(self) -> bool:
        said = self.asked.conversing.said if self.asked.conversing else ()
        texts = (self.asked.message, *said, *(turn.question for turn in self.past))
        return sum(map(len, texts)) > MAX_INLINE_CHARACTERS


class QuestionReading:
    """Without a planner no tool is called; without ``follow_ups`` every message stands by itself."""

    def __init__(
        self,
        planner: ToolPlanner | None = None,
        follow_ups: FollowUpReader | None = None,
        admissions: Admissions | None = None,
    ) -> None:
        self._planner = planner
        self._follow_ups = follow_ups
        self.admissions = admissions or Admissions()

    @property
    def step(self) -> TextStep[ReadingInput, Understanding]:
        return TextStep("understand", ReadingInput, Understanding, self.understand, lambda whole: whole.is_long)

    def understand(self, whole: ReadingInput) -> Understanding:
        """Admit, read in view of the conversation, classify and route."""
        clock = StepClock()
        given, bot = whole.asked, whole.bot
        in_force = policy_of(bot)
        policy_pin = in_force.pin(whole.smallest_count)
        admission = self.admissions.admit(given.message, in_force)
        if not admission.admitted:
            return _denied(bot, admission, policy_pin, clock, given)
        access = allowed_packs(bot, whole.packs, given.roles)
        bot = bot.model_copy(update={"datasets": tuple(one for one in bot.datasets if one.pack_id in access.allowed)})
        tool_access = allowed_tools(whole.tools, bot.pack_ids, given.roles, in_force.access)
        tools = [tool for tool in whole.tools if tool.name in tool_access.allowed]
        followed = self._follow(clock, whole, tools, bot)
        if followed.question is not None:
            # What a message means is judged like what it says, and everything from here on is decided by it.
            given = given.model_copy(update={"message": followed.question})
            admission = self.admissions.admit(given.message, in_force)
            if not admission.admitted:
                return _denied(bot, admission, policy_pin, clock, given, followed.envelopes)
        classified = followed.read(given.message, [words for tool in tools for words in tool.metrics])
        intent_envelope = intent_classified(clock, given.message, classified, policy_pin)
        route, datasets, route_envelope = _route(clock, given, bot, access, policy_pin, whole.packs)
        plan, tool_envelopes = self._tools(whole.packs, bot, tools, tool_access, classified, given)
        return Understanding(
            admission=admission,
            intents=classified.intents,
            pack_ids=route.pack_ids,
            available_pack_ids=bot.pack_ids,
            dataset_ids=datasets,
            refusal=bot.refusal,
            minimum_confidence=bot.minimum_confidence,
            reranker=bot.reranker or whole.reranker,
            tool_plan=plan,
            policy=policy_pin,
            document_question=_document_question(classified, given) or followed.question,
            understood_as=followed.question,
            available_tools=tuple(tool.name for tool in tools) if Intent.ACCESS in classified.intents else (),
            askable_figures=_askable(tools) if Intent.STATS in classified.intents else (),
            envelopes=(*followed.envelopes, intent_envelope, route_envelope, *tool_envelopes),
        )

    def _follow(self, clock: StepClock, whole: ReadingInput, tools: Sequence[ToolDef], bot: Bot) -> Followed:
        given = whole.asked
        if self._follow_ups is None or given.conversing is None or given.received_at is None:
            return Followed()
        moment = Moment(given.received_at, bot.time_zone)
        return self._follow_ups.follow(clock, given.message, given.conversing, whole.past, tools, moment)

    def _tools(
        self,
        packs: Sequence[PackSummary],
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
                **policy_of(bot).pin().versions,
                **_digests(packs, [call.pack_id for call in plan.calls]),
            },
        )
        return plan, [envelope]


def _route(
    clock: StepClock,
    given: UnderstandInput,
    bot: Bot,
    access: AccessDecision,
    policy_pin: PinnedPolicy,
    packs: Sequence[PackSummary],
) -> tuple[Route, tuple[UUID, ...], Envelope]:
    """The packs that are asked, their datasets, and the envelope of that decision."""
    route = routing.route(given.message, bot.datasets, packs, given.pack_hint)
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
        versions={
            "routing": routing.VERSION,
            "bot": str(bot.version),
            **policy_pin.versions,
            **_digests(packs, route.pack_ids),
        },
    )
    return route, datasets, envelope


def _digests(packs: Sequence[PackSummary], pack_ids: Sequence[str]) -> dict[str, str]:
    return {f"pack/{pack.pack_id}": pack.digest for pack in packs if pack.pack_id in pack_ids}


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
    envelope = admission_denied(clock, {"message_sha256": sha256_of(given.message)}, admission, policy_pin, bot)
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
