"""What an answer is composed from, and the draft that comes of it."""

from uuid import UUID

from activities.turns.tool_execution import ToolExecution
from domain.answers.answer import AnswerWarning, Citation, Intent, Outcome
from domain.answers.phrases import Phrases, phrases_for
from domain.audit.envelope import Envelope
from domain.base import Value
from domain.bots.bot import DEFAULT_REFUSAL
from domain.identity.principal import Reader
from domain.policy.in_force import PinnedPolicy
from domain.search.retrieval import RetrievedPassage
from domain.text.stop_words import language_of


class ComposeInput(Value):
    tenant_id: UUID
    question: str
    intents: tuple[Intent, ...]
    roles: tuple[str, ...]
    available_pack_ids: tuple[str, ...]
    available_tools: tuple[str, ...] = ()
    passages: tuple[RetrievedPassage, ...]
    confidence: float
    minimum_confidence: float
    refusal: str
    policy: PinnedPolicy = PinnedPolicy()
    askable_figures: tuple[str, ...] = ()
    """What the asker may ask tools for, in the words that choose them."""
    tools: tuple[ToolExecution, ...] = ()
    tool_warnings: tuple[AnswerWarning, ...] = ()
    """Of calls that were not made."""
    understood_as: str | None = None
    reader: Reader | None = None
    dataset_ids: tuple[UUID, ...] = ()
    titles: tuple[str, ...] = ()
    """Of the documents in the datasets that the reader may see; filled in for who asks for them."""

    @property
    def phrases(self) -> Phrases:
        """In the language of the question."""
        return phrases_for(language_of(self.question))

    @property
    def own_refusal(self) -> str:
        """The bot's; the one that every bot begins with is said in the language of the question."""
        return self.phrases.not_found if self.refusal == DEFAULT_REFUSAL else self.refusal


class Composition(Value):
    """A draft: what would be answered if the guard lets it pass.

    ``confidence`` of the part that comes from documents, in [0, 1]; None where none was asked for. ``own_words``: of
    the text, what the bot was given to say.
    """

    outcome: Outcome
    text: str
    confidence: float | None = None
    own_words: str = ""
    citations: tuple[Citation, ...]
    warnings: tuple[AnswerWarning, ...]
    envelopes: tuple[Envelope, ...]
