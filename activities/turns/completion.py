"""Complete an answer: compose it, then guard it. Pure, so that it can be done in another process."""

from uuid import UUID

from activities.search.passage_screening import judged_anew
from activities.turns.composing import compose_answer
from activities.turns.drafts import ComposeInput, Composition
from activities.turns.guarding import AnswerGuard, GuardedAnswer, GuardInput
from domain.answers.vocabulary import Spelling
from domain.base import Value
from domain.limits.text_work import MAX_INLINE_CHARACTERS, TextStep


class CompositionInput(Value):
    """``texts`` are those of the passages that may be quoted, ``judged`` what is known of them already: the rule that
    each breaks, or None."""

    composing: ComposeInput
    texts: dict[UUID, str]
    judged: dict[UUID, str | None]

    @property
    def is_long(self) -> bool:
        figures = (one.result.rendered for one in self.composing.tools if one.result is not None)
        texts = (self.composing.question, self.composing.understood_as or "", *figures, *self.texts.values())
        return sum(map(len, texts)) > MAX_INLINE_CHARACTERS


class Composed(Value):
    """``judged``: what was found out of passages that were not judged before."""

    composition: Composition
    judged: dict[UUID, str | None]


class AnswerCompletion:
    """Without ``spelling`` words are taken as they are written."""

    def __init__(self, guard: AnswerGuard, spelling: Spelling | None = None) -> None:
        self._guard = guard
        self._spelling = spelling

    @property
    def composing(self) -> TextStep[CompositionInput, Composed]:
        return TextStep("compose", CompositionInput, Composed, self.compose, lambda given: given.is_long)

    @property
    def guarding(self) -> TextStep[GuardInput, GuardedAnswer]:
        return TextStep("guard", GuardInput, GuardedAnswer, self._guard.guard_answer, _is_long)

    def compose(self, given: CompositionInput) -> Composed:
        composing = given.composing
        fresh = judged_anew(composing.passages, given.texts, given.judged, composing.policy.screening)
        composition = compose_answer(composing, given.texts, given.judged | fresh, self._spelling)
        return Composed(composition=composition, judged=fresh)


def _is_long(draft: GuardInput) -> bool:
    cited = (text for one in draft.citations for text in (one.title, one.section_heading, one.source, one.url or ""))
    return sum(map(len, (draft.text, draft.understood_as or "", *cited))) > MAX_INLINE_CHARACTERS
