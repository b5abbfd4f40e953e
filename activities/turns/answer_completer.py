"""Complete an answer where that keeps nobody else waiting, with what is looked up for it."""

from uuid import UUID

from activities.admission import Admissions, DeniedTopics
from activities.search.passage_cache import PassageTextCache
from activities.search.passage_screening import PassageScreen
from activities.turns.completion import AnswerCompletion, Completion, CompletionInput
from activities.turns.composing import ComposeInput
from activities.turns.guarding import GuardInput
from domain.bots.ports import BotLookup
from domain.bots.rights import policy_of
from domain.limits.text_work import InlineTextWork, TextWork
from domain.policy.in_force import PinnedPolicy


class AnswerCompleter:
    """``admissions`` are those by which questions are admitted."""

    def __init__(
        self,
        completion: AnswerCompletion,
        texts: PassageTextCache,
        bots: BotLookup,
        admissions: Admissions,
        screen: PassageScreen | None = None,
        text: TextWork | None = None,
    ) -> None:
        self._completion = completion
        self._texts = texts
        self._bots = bots
        self._admissions = admissions
        self._screen = screen or PassageScreen()
        self._text = text or InlineTextWork()

    async def complete(self, composing: ComposeInput, draft: GuardInput, bot_id: UUID) -> Completion:
        """Raises TextTooCostlyError, BotNotFoundError if the bot was deleted since, DatabaseUnavailableError and
        TextProcessUnavailableError (both retryable)."""
        tenant_id, screening = composing.tenant_id, composing.policy.screening
        passages = composing.quotable
        texts = await self._texts.texts(tenant_id, passages) if passages else {}
        denied = await self._denied(tenant_id, bot_id, composing.policy)
        given = CompletionInput(
            composing=composing,
            texts=texts,
            judged=self._screen.known(passages, texts, screening),
            draft=draft.model_copy(update={"denied": denied}),
        )
        completion = await self._text.run(self._completion.step, given, tenant_id)
        self._screen.keep(passages, texts, completion.judged, screening)
        return completion

    async def _denied(self, tenant_id: UUID, bot_id: UUID, pinned: PinnedPolicy) -> DeniedTopics:
        """Of the policy that the message was admitted by; where this process has not seen it, of the one in force."""
        try:
            return self._admissions.topics_of(pinned)
        except KeyError:
            in_force = policy_of(await self._bots.get(tenant_id, bot_id))
            return DeniedTopics(digest=in_force.digest, patterns=in_force.patterns)
