"""Read a question: look up what it is understood by, and have it understood where that keeps nobody else waiting."""

import asyncio

from activities.turns.follow_ups import turns_before
from activities.turns.understanding import QuestionReading, ReadingInput, Understanding, UnderstandInput
from domain.bots.bot import Bot
from domain.bots.ports import BotLookup
from domain.bots.rights import policy_of
from domain.conversations.ports import PastQuestions
from domain.limits.text_work import InlineTextWork, TextWork
from domain.packs.ports import PackCatalog
from domain.policy.in_force import SMALLEST_COUNT
from domain.questions.follow_up import PastTurn, may_follow
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

    async def understand_question(self, given: UnderstandInput) -> Understanding:
        """Admit, read in view of the conversation, classify and route.

        Raises BotNotFoundError if the bot was deleted since the request, TextTooCostlyError, DatabaseUnavailableError
        and TextProcessUnavailableError (both retryable).
        """
        bot, past = await self._look_up(given)
        # Later steps of the turn find the list here, wherever this one is done.
        self._reading.admissions.deny_list(policy_of(bot))
        whole = ReadingInput(
            asked=given,
            bot=bot,
            past=past,
            packs=self._packs.summaries(),
            tools=self._packs.tools(),
            reranker=self._reranker,
            smallest_count=self._smallest_count,
        )
        understanding = await self._text.run(self._reading.step, whole, given.tenant_id)
        if understanding.admission.admitted:
            self._packs.notice(bot.pack_ids)
        return understanding

    async def _look_up(self, given: UnderstandInput) -> tuple[Bot, tuple[PastTurn, ...]]:
        """The bot and, beside it, the turns before a message that may need them."""
        bot = self._bots.get(given.tenant_id, given.bot_id)
        if self._past is None or given.conversing is None or not may_follow(given.message):
            return await bot, ()
        return await asyncio.gather(bot, turns_before(self._past, given.tenant_id, given.conversing))
