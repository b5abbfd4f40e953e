"""Read a question: look up what it is understood by, and have it understood where that keeps nobody else waiting."""

import asyncio

from temporalio import activity

from activities.turns.understanding import QuestionReading, Understanding
from domain.bots.ports import BotLookup
from domain.bots.rights import policy_of
from domain.conversations.ports import PastQuestions
from domain.conversations.turn import TurnRequest
from domain.limits.text_work import InlineTextWork, TextWork
from domain.packs.ports import PackCatalog
from domain.policy.in_force import SMALLEST_COUNT
from domain.questions.follow_up import MAX_TURNS, PastTurn, may_follow
from domain.questions.understanding import QuestionInContext
from domain.search.reranking import RerankerKind


class QuestionReader:
    """Depends on the tenant's bots, on the packs that this installation has, and on its reranker for all bots that have
    not chosen one."""

    def __init__(
        self,
        bots: BotLookup,
        packs: PackCatalog,
        reading: QuestionReading | None = None,
        reranker: RerankerKind = RerankerKind.NONE,
        smallest_count: int = SMALLEST_COUNT,
        past: PastQuestions | None = None,
        text: TextWork | None = None,
    ) -> None:
        self._bots = bots
        self._packs = packs
        self._reading = reading or QuestionReading()
        self._reranker = reranker
        self._smallest_count = smallest_count
        self._past = past
        self._text = text or InlineTextWork()

    @activity.defn
    async def understand_question(self, request: TurnRequest) -> Understanding:
        """Admit, read in view of the conversation, classify and route.

        Raises BotNotFoundError if the bot was deleted since the request, TextTooCostlyError, DatabaseUnavailableError
        and TextProcessUnavailableError (both retryable).
        """
        bot, past = await asyncio.gather(self._bots.get(request.tenant_id, request.bot_id), self._before(request))
        # Later steps of the turn find the list here, wherever this one is done.
        self._reading.admissions.deny_list(policy_of(bot))
        asked = QuestionInContext(
            message=request.message,
            said=request.said_before,
            pack_hint=request.pack_hint,
            roles=request.principal.roles,
            received_at=request.received_at,
            bot=bot,
            past=past,
            packs=self._packs.summaries(),
            tools=self._packs.tools(),
            reranker=self._reranker,
            smallest_count=self._smallest_count,
        )
        understanding = await self._text.run(self._reading.step, asked, request.tenant_id)
        if understanding.admission.admitted:
            self._packs.notice(bot.pack_ids)
        return understanding

    async def _before(self, request: TurnRequest) -> tuple[PastTurn, ...]:
        """The last turns before a message that may need them, newest first."""
        if self._past is None or not request.history_through or not may_follow(request.message):
            return ()
        return await self._past.questions_before(
            request.tenant_id,
            request.conversation_id,
            of_principal=request.principal.id,
            through=request.history_through,
            limit=MAX_TURNS,
        )
