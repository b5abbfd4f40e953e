"""Understand a message: may it be answered, what does it ask, where is the answer looked for.

The order of these decisions, and nothing else: what has to be looked up for them is looked up before.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from domain.answers.answer import Intent
from domain.base import Value
from domain.bots.bot import Bot
from domain.bots.rights import allowed_packs, policy_of
from domain.limits.text_work import MAX_INLINE_CHARACTERS
from domain.packs.pack import PackSummary
from domain.packs.tool import ToolDef, ToolPlan
from domain.packs.tool_arguments import Moment, ToolPlanner
from domain.policy.access import AccessDecision, allowed_tools
from domain.policy.admission import Admission
from domain.policy.in_force import PinnedPolicy, PolicyInForce
from domain.questions import intent, routing
from domain.questions.follow_up import FollowUp, FollowUps, PastTurn
from domain.questions.intent import Classification
from domain.questions.routing import Route
from domain.search.reranking import RerankerKind

_MAX_ASKABLE: Final = 8


class QuestionInContext(Value):
    """A message, and all that it is understood by.

    ``past`` are the turns before it, newest first; ``said`` the user's messages, oldest first, where the client keeps
    the conversation. ``received_at`` is the turn's own clock: "yesterday" is the day before it. What follows ``past``
    is the installation's.
    """

    message: str
    said: tuple[str, ...] = ()
    pack_hint: str | None = None
    roles: tuple[str, ...] = ()
    received_at: datetime
    bot: Bot
    past: tuple[PastTurn, ...] = ()
    packs: tuple[PackSummary, ...]
    tools: tuple[ToolDef, ...]
    reranker: RerankerKind
    smallest_count: int

    @property
    def is_long(self) -> bool:
        texts = (self.message, *self.said, *(turn.question for turn in self.past))
        return sum(map(len, texts)) > MAX_INLINE_CHARACTERS

    @property
    def moment(self) -> Moment:
        return Moment(self.received_at, self.bot.time_zone)


class Readers(NamedTuple):
    """What messages are read with. Without a planner no tool is called; without ``follow_ups`` every message stands by
    itself."""

    admit: Callable[[str, PolicyInForce], Admission]
    planner: ToolPlanner | None = None
    follow_ups: FollowUps | None = None


class Followed(NamedTuple):
    """The turns that a message was read after, and what it means after them; None if it stands by itself."""

    past: tuple[PastTurn, ...] = ()
    follow_up: FollowUp | None = None

    @property
    def question(self) -> str | None:
        return self.follow_up.question if self.follow_up else None


class Usable(NamedTuple):
    """What the asker may use of the bot, and by which rules. ``bot`` has no other datasets."""

    bot: Bot
    packs: AccessDecision
    tools: tuple[ToolDef, ...]
    tool_access: AccessDecision


class Routed(NamedTuple):
    """What an admitted question asks, and of whom. ``plan`` is what tools are called for it, chosen among
    ``considered``; None where none was looked for."""

    usable: Usable
    classified: Classification
    route: Route
    dataset_ids: tuple[UUID, ...]
    considered: tuple[ToolDef, ...]
    plan: ToolPlan | None


class UnderstoodQuestion(NamedTuple):
    """``question`` is what was admitted, classified and routed: the message, or what it means after the turns before.
    ``routed`` is None for a question that is not admitted."""

    question: str
    policy: PinnedPolicy
    admission: Admission
    followed: Followed
    routed: Routed | None

    @property
    def document_question(self) -> str | None:
        """What the documents are asked, where that is not the whole message. Figures that no tool provides are looked
        for in the documents by the whole message."""
        if self.routed is None:
            return None
        classified = self.routed.classified
        is_divided = Intent.HOW_TO in classified.intents and classified.how_to != self.question
        return (classified.how_to if is_divided else None) or self.followed.question


def understand(asked: QuestionInContext, readers: Readers) -> UnderstoodQuestion:
    """Admit, read in view of the conversation, admit what it means, classify, route, and choose tools."""
    in_force = policy_of(asked.bot)
    pinned = in_force.pin(asked.smallest_count)
    admission = readers.admit(asked.message, in_force)
    if not admission.admitted:
        return UnderstoodQuestion(asked.message, pinned, admission, Followed(), None)
    usable = _usable(asked, in_force)
    followed = _follow(asked, usable.tools, readers.follow_ups)
    question = followed.question or asked.message
    if followed.question is not None:
        # What a message means is judged like what it says, and everything from here on is decided by it.
        admission = readers.admit(question, in_force)
        if not admission.admitted:
            return UnderstoodQuestion(question, pinned, admission, followed, None)
    routed = _route(asked, question, followed, usable, readers.planner)
    return UnderstoodQuestion(question, pinned, admission, followed, routed)


def askable_figures(tools: Sequence[ToolDef]) -> tuple[str, ...]:
    """The first words of each tool, which are the plainest."""
    return tuple(tool.metrics[0] for tool in tools if tool.metrics and tool.read_only)[:_MAX_ASKABLE]


def _usable(asked: QuestionInContext, in_force: PolicyInForce) -> Usable:
    packs = allowed_packs(asked.bot, asked.packs, asked.roles)
    datasets = tuple(dataset for dataset in asked.bot.datasets if dataset.pack_id in packs.allowed)
    bot = asked.bot.model_copy(update={"datasets": datasets})
    access = allowed_tools(asked.tools, bot.pack_ids, asked.roles, in_force.access)
    return Usable(bot, packs, tuple(tool for tool in asked.tools if tool.name in access.allowed), access)


def _follow(asked: QuestionInContext, tools: Sequence[ToolDef], follow_ups: FollowUps | None) -> Followed:
    if follow_ups is None:
        return Followed()
    past = tuple(asked.past or follow_ups.retold(asked.said, tools, asked.moment))
    return Followed(past, follow_ups.resolve(asked.message, past, tools, asked.moment)) if past else Followed()


def _route(
    asked: QuestionInContext, question: str, followed: Followed, usable: Usable, planner: ToolPlanner | None
) -> Routed:
    figures = [words for tool in usable.tools for words in tool.metrics]
    follow_up, datasets = followed.follow_up, usable.bot.datasets
    classified = follow_up.read(figures) if follow_up else intent.classify(question, figures)
    route = routing.route(question, datasets, asked.packs, asked.pack_hint)
    considered = tuple(tool for tool in usable.tools if asked.pack_hint in (None, tool.pack_id))
    return Routed(
        usable=usable,
        classified=classified,
        route=route,
        dataset_ids=tuple(one.dataset_id for one in datasets if one.pack_id in route.pack_ids),
        considered=considered,
        plan=_plan(asked, classified, considered, usable.tool_access, planner),
    )


def _plan(
    asked: QuestionInContext,
    classified: Classification,
    tools: Sequence[ToolDef],
    access: AccessDecision,
    planner: ToolPlanner | None,
) -> ToolPlan | None:
    """The calls that a question for figures asks for; None for any other."""
    if planner is None or Intent.STATS not in classified.intents:
        return None
    plan = planner.plan(classified.figures, tools, asked.moment)
    calls = tuple(call.model_copy(update={"rule_ids": access.rule_ids[call.tool]}) for call in plan.calls)
    return plan.model_copy(update={"calls": calls})
