"""Understand a message: the order of its decisions is the domain's, what is recorded of them is here.

Pure: what has to be looked up for it is looked up before, so that it can be done in another process, and ended there.
"""

from collections.abc import Sequence
from uuid import UUID

from activities import question_envelopes as sealed
from activities.admission import Admissions
from activities.envelopes import StepClock
from domain.answers.answer import Intent
from domain.audit.envelope import Envelope
from domain.base import Value
from domain.limits.text_work import TextStep
from domain.packs.tool import ToolPlan
from domain.packs.tool_arguments import ToolPlanner
from domain.policy.admission import Admission
from domain.policy.in_force import PinnedPolicy
from domain.questions.follow_up import FollowUps
from domain.questions.understanding import (
    QuestionInContext,
    Readers,
    Routed,
    UnderstoodQuestion,
    askable_figures,
    understand,
)
from domain.search.reranking import RerankerKind


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


class QuestionReading:
    """Without a planner no tool is called; without ``follow_ups`` every message stands by itself."""

    def __init__(
        self,
        planner: ToolPlanner | None = None,
        follow_ups: FollowUps | None = None,
        admissions: Admissions | None = None,
    ) -> None:
        self.admissions = admissions or Admissions()
        self._readers = Readers(self.admissions.admit, planner, follow_ups)

    @property
    def step(self) -> TextStep[QuestionInContext, Understanding]:
        return TextStep("understand", QuestionInContext, Understanding, self.understand, lambda asked: asked.is_long)

    def understand(self, asked: QuestionInContext) -> Understanding:
        """What was decided of the message, with an envelope of each decision."""
        clock = StepClock()
        understood = understand(asked, self._readers)
        followed = _followed(clock, asked, understood)
        if understood.routed is None:
            return _denied(clock, asked, understood, followed)
        return _admitted(clock, asked, understood, understood.routed, followed)


def _followed(clock: StepClock, asked: QuestionInContext, understood: UnderstoodQuestion) -> tuple[Envelope, ...]:
    """None where the conversation was not looked at."""
    if not understood.followed.past:
        return ()
    return (sealed.follow_up_resolved(clock, asked.message, understood.followed),)


def _admitted(
    clock: StepClock,
    asked: QuestionInContext,
    understood: UnderstoodQuestion,
    routed: Routed,
    followed: Sequence[Envelope],
) -> Understanding:
    usable, intents = routed.usable, routed.classified.intents
    envelopes = (
        *followed,
        sealed.intent_classified(clock, understood.question, routed.classified, understood.policy),
        sealed.packs_selected(clock, asked, understood.policy, routed),
        *((sealed.tools_selected(clock, asked, understood.policy, routed, routed.plan),) if routed.plan else ()),
    )
    return Understanding(
        admission=understood.admission,
        intents=intents,
        pack_ids=routed.route.pack_ids,
        available_pack_ids=usable.bot.pack_ids,
        dataset_ids=routed.dataset_ids,
        refusal=asked.bot.refusal,
        minimum_confidence=asked.bot.minimum_confidence,
        reranker=asked.bot.reranker or asked.reranker,
        tool_plan=routed.plan or ToolPlan(),
        policy=understood.policy,
        document_question=understood.document_question,
        understood_as=understood.followed.question,
        available_tools=tuple(tool.name for tool in usable.tools) if Intent.ACCESS in intents else (),
        askable_figures=askable_figures(usable.tools) if Intent.STATS in intents else (),
        envelopes=envelopes,
    )


def _denied(
    clock: StepClock, asked: QuestionInContext, understood: UnderstoodQuestion, followed: Sequence[Envelope]
) -> Understanding:
    given = sealed.hashed_message(understood.question)
    envelope = sealed.admission_denied(clock, given, understood.admission, understood.policy, asked.bot)
    return Understanding(
        admission=understood.admission,
        intents=(Intent.UNKNOWN,),
        pack_ids=(),
        available_pack_ids=asked.bot.pack_ids,
        dataset_ids=(),
        policy=understood.policy,
        refusal=asked.bot.refusal,
        minimum_confidence=asked.bot.minimum_confidence,
        envelopes=(*followed, envelope),
    )
