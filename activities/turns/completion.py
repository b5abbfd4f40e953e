"""Complete an answer: compose it from what was found, and guard it. Pure, so that it can be done in another process."""

from uuid import UUID

from activities.search.passage_screening import judged_anew
from activities.turns.composing import ComposeInput, compose_answer
from activities.turns.guarding import AnswerGuard, GuardInput
from domain.answers.answer import Answer
from domain.audit.envelope import Envelope
from domain.base import Value
from domain.limits.text_work import MAX_INLINE_CHARACTERS, TextStep


class CompletionInput(Value):
    """``texts`` are those of the passages that may be quoted, ``judged`` what is known of them already: the rule that
    each breaks, or None. ``draft`` has everything of the answer but what composing it brings."""

    composing: ComposeInput
    texts: dict[UUID, str]
    judged: dict[UUID, str | None]
    draft: GuardInput

    @property
    def is_long(self) -> bool:
        figures = (one.result.rendered for one in self.composing.tools if one.result is not None)
        texts = (self.composing.question, self.composing.understood_as or "", *figures, *self.texts.values())
        return sum(map(len, texts)) > MAX_INLINE_CHARACTERS


class Completion(Value):
    """``judged``: what was found out of passages that were not judged before."""

    answer: Answer
    judged: dict[UUID, str | None]
    envelopes: tuple[Envelope, ...]


class AnswerCompletion:
    def __init__(self, guard: AnswerGuard) -> None:
        self._guard = guard

    @property
    def step(self) -> TextStep[CompletionInput, Completion]:
        return TextStep("complete", CompletionInput, Completion, self.complete, lambda given: given.is_long)

    def complete(self, given: CompletionInput) -> Completion:
        composing = given.composing
        fresh = judged_anew(composing.quotable, given.texts, given.judged, composing.policy.screening)
        composed = compose_answer(composing, given.texts, given.judged | fresh)
        draft = given.draft.model_copy(
            update={
                "outcome": composed.outcome,
                "text": composed.text,
                "citations": composed.citations,
                "warnings": (*given.draft.warnings, *composed.warnings),
            }
        )
        guarded = self._guard.guard_answer(draft)
        return Completion(answer=guarded.answer, judged=fresh, envelopes=(*composed.envelopes, *guarded.envelopes))
