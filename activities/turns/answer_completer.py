"""Complete an answer where that keeps nobody else waiting, with what is looked up for it."""

from collections import OrderedDict
from typing import Final
from uuid import UUID

from activities.admission import Admissions, DeniedTopics
from activities.search.passage_cache import PassageTextCache
from activities.search.passage_screening import PassageScreen
from activities.turns.completion import AnswerCompletion, CompositionInput
from activities.turns.drafts import ComposeInput, Composition
from activities.turns.guarding import GuardedAnswer, GuardInput
from domain.answers.answer import Intent
from domain.answers.composition import MAX_TITLES
from domain.bots.ports import BotLookup
from domain.bots.rights import policy_of
from domain.knowledge.document import DocumentState
from domain.knowledge.ports import DocumentTitles
from domain.limits.text_work import InlineTextWork, TextWork
from domain.policy.in_force import PinnedPolicy
from domain.questions.about_itself import About, about_itself

_MAX_DRAFTS: Final = 256


class Drafts:
    """Composed answers until they are guarded: what is to be hidden must not stand in a history, so drafts never leave
    the worker."""

    def __init__(self) -> None:
        self._drafts: OrderedDict[tuple[UUID, str], Composition] = OrderedDict()

    def keep(self, tenant_id: UUID, turn_id: str, draft: Composition) -> None:
        self._drafts[tenant_id, turn_id] = draft
        if len(self._drafts) > _MAX_DRAFTS:
            self._drafts.popitem(last=False)

    def find(self, tenant_id: UUID, turn_id: str) -> Composition | None:
        return self._drafts.get((tenant_id, turn_id))

    def forget(self, tenant_id: UUID, turn_id: str) -> None:
        self._drafts.pop((tenant_id, turn_id), None)


class AnswerCompleter:
    """``admissions`` are those by which questions are admitted."""

    def __init__(
        self,
        completion: AnswerCompletion,
        texts: PassageTextCache,
        bots: BotLookup,
        admissions: Admissions,
        documents: DocumentTitles | None = None,
        screen: PassageScreen | None = None,
        text: TextWork | None = None,
    ) -> None:
        self._completion = completion
        self._texts = texts
        self._bots = bots
        self._admissions = admissions
        self._screen = screen or PassageScreen()
        self._text = text or InlineTextWork()
        self._documents = documents
        self._drafts = Drafts()

    async def compose(self, composing: ComposeInput, turn_id: str) -> Composition:
        """Raises TextTooCostlyError, DatabaseUnavailableError and TextProcessUnavailableError (both retryable)."""
        tenant_id, screening = composing.tenant_id, composing.policy.screening
        if titles := await self._titles(composing):
            composing = composing.model_copy(update={"titles": titles})
        passages = composing.passages
        texts = await self._texts.texts(tenant_id, passages) if passages else {}
        known = self._screen.known(passages, texts, screening)
        given = CompositionInput(composing=composing, texts=texts, judged=known)
        composed = await self._text.run(self._completion.composing, given, tenant_id)
        self._screen.keep(passages, texts, composed.judged, screening)
        self._drafts.keep(tenant_id, turn_id, composed.composition)
        return composed.composition

    async def guard(self, composing: ComposeInput, draft: GuardInput, bot_id: UUID) -> GuardedAnswer:
        """The draft as it may leave. A worker that did not compose it composes it again.

        Raises TextTooCostlyError, BotNotFoundError if the bot was deleted since, DatabaseUnavailableError and
        TextProcessUnavailableError (both retryable).
        """
        tenant_id, turn_id = composing.tenant_id, draft.trace_id
        composed = self._drafts.find(tenant_id, turn_id) or await self.compose(composing, turn_id)
        whole = draft.model_copy(
            update={
                "outcome": composed.outcome,
                "text": composed.text,
                "own_words": composed.own_words,
                "confidence": composed.confidence,
                "citations": composed.citations,
                "warnings": (*draft.warnings, *composed.warnings),
                "denied": await self._denied(tenant_id, bot_id, composing.policy),
            }
        )
        guarded = await self._text.run(self._completion.guarding, whole, tenant_id)
        self._drafts.forget(tenant_id, turn_id)
        return guarded

    async def _titles(self, composing: ComposeInput) -> tuple[str, ...]:
        """Of all documents that who asks for them may see."""
        if self._documents is None or composing.reader is None or Intent.ACCESS not in composing.intents:
            return ()
        if about_itself(composing.question) is not About.DOCUMENTS:
            return ()
        found: list[str] = []
        for dataset_id in composing.dataset_ids:
            if len(found) <= MAX_TITLES:
                page = await self._documents.list(
                    composing.tenant_id, dataset_id, composing.reader, state=DocumentState.LIVE, limit=MAX_TITLES + 1
                )
                found += [one.live.title or one.external_key for one in page if one.live is not None]
        return tuple(found[: MAX_TITLES + 1])

    async def _denied(self, tenant_id: UUID, bot_id: UUID, pinned: PinnedPolicy) -> DeniedTopics:
        """Of the policy that the message was admitted by; where this process has not seen it, of the one in force."""
        try:
            return self._admissions.topics_of(pinned)
        except KeyError:
            in_force = policy_of(await self._bots.get(tenant_id, bot_id))
            return DeniedTopics(digest=in_force.digest, patterns=in_force.patterns)
