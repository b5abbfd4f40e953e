"""Bodies of the search routes."""

from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import Field, StrictBool, StrictFloat, StrictInt

from api.edge.schema import EXAMPLE_ID, Moment, RequestBody, ResponseBody, SpokenText, example
from domain.answers.answer import AnswerWarning
from domain.conversations.turn import MAX_MESSAGE_CHARACTERS
from domain.guardrails.injection import WITHHELD, screen_content
from domain.knowledge.attributes import (
    MAX_ATTRIBUTES,
    AttributeName,
    AttributeNumber,
    AttributeText,
    AttributeValue,
    Label,
    Tags,
)
from domain.policy.rules import Screening
from domain.search.reranking import RerankerKind
from domain.search.retrieval import Fusion, RetrievedPassage, SearchMode

MAX_RESULTS: Final = 50
_MAX_DATASETS: Final = 50
_MAX_NAMES: Final = 32
RESULT_EXAMPLE: Final = {
    "rank": 1,
    "passage_id": str(EXAMPLE_ID),
    "document_id": str(EXAMPLE_ID),
    "dataset_id": str(EXAMPLE_ID),
    "pack_id": "product_support",
    "title": "Rotate an API key",
    "url": None,
    "source": "guides/rotate-an-api-key.md",
    "section_heading": "Rotate an API key > Steps",
    "page": None,
    "start": 0,
    "end": 1840,
    "score": 0.93,
    "text": "# Rotate an API key\n\n1. Open **Settings** …",
    "suspicious": None,
}
_EXAMPLE: Final = {
    "search_id": str(EXAMPLE_ID),
    "mode": "hybrid",
    "confidence": 0.97,
    "denied": None,
    "results": [RESULT_EXAMPLE],
    "warnings": [],
}


class WeightsBody(RequestBody):
    """What each leg counts in the fusion."""

    model_config = RequestBody.model_config | example(dense=0.8, lexical=0.2)

    dense: Annotated[StrictFloat, Field(ge=0, le=1)]
    lexical: Annotated[StrictFloat, Field(ge=0, le=1)]


class AttributeFilterBody(RequestBody):
    """Passages whose attribute ``name`` is one of ``any_of`` and lies within the bounds, both included. Types count: a
    number never equals a text."""

    model_config = RequestBody.model_config | example(name="product", any_of=["checkout"])

    name: AttributeName
    any_of: Annotated[tuple[AttributeValue, ...], Field(min_length=1, max_length=100)] | None = None
    at_least: AttributeNumber | AttributeText | None = None
    at_most: AttributeNumber | AttributeText | None = None


class FiltersBody(RequestBody):
    """Narrows what is found: packs, tiers and languages to any of those given, tags to all of them, time from the first
    moment up to the last, without it. What is left out narrows nothing."""

    model_config = RequestBody.model_config | example(tags=["billing"], languages=["en"])

    pack_ids: Annotated[tuple[Label, ...], Field(max_length=_MAX_NAMES)] = ()
    tags: Tags = ()
    tiers: Annotated[tuple[Label, ...], Field(max_length=_MAX_NAMES)] = ()
    languages: Annotated[tuple[Label, ...], Field(max_length=_MAX_NAMES)] = ()
    updated_from: Moment | None = None
    updated_before: Moment | None = None
    attributes: Annotated[tuple[AttributeFilterBody, ...], Field(max_length=MAX_ATTRIBUTES)] = ()


class SearchRequest(RequestBody):
    """What to look for, in the datasets of a bot: of ``bot_id``, else of the tenant's default one.

    ``dataset_ids`` narrows the search to some of these. ``reranker`` null takes what the bot, or the installation, has
    chosen. ``weights`` null leaves them to the index. ``keep_copies``: also return passages that say the same as a
    better one.
    """

    model_config = RequestBody.model_config | example(query="rotate an API key", top_k=5)

    query: Annotated[SpokenText, Field(min_length=1, max_length=MAX_MESSAGE_CHARACTERS)]
    bot_id: UUID | None = None
    dataset_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=_MAX_DATASETS)] | None = None
    filters: FiltersBody = FiltersBody()
    top_k: Annotated[StrictInt, Field(ge=1, le=MAX_RESULTS)] = 10
    mode: SearchMode = SearchMode.HYBRID
    fusion: Fusion = Fusion.CONVEX
    weights: WeightsBody | None = None
    reranker: RerankerKind | None = None
    keep_copies: StrictBool = False


class SearchResultBody(ResponseBody):
    """A passage. ``score``, in [0, 1], is what it is ranked by; ``start`` and ``end`` are character offsets into the
    document's text, in which nothing is hidden: ``text`` has ``[kind]`` in place of what the bot hides. It is null when
    the passage was erased since, or is withheld; ``url`` is null when something in it is hidden.

    ``suspicious`` names the rule by which the passage tries to give orders to an assistant. Its text is withheld then,
    and those of title and heading that do so; the explanation of a search shows all of it."""

    model_config = example(**RESULT_EXAMPLE)

    rank: int
    passage_id: UUID
    document_id: UUID
    dataset_id: UUID
    pack_id: str
    title: str
    url: str | None
    source: str
    section_heading: str
    page: int | None
    start: int
    end: int
    score: float
    text: str | None
    suspicious: str | None

    @classmethod
    def of(cls, rank: int, passage: RetrievedPassage, text: str | None, suspicious: str | None) -> Self:
        scores = passage.scores
        score = scores.boosted if scores.reranked is None else scores.reranked
        return cls(rank=rank, score=round(score, 4), text=text, suspicious=suspicious, **passage_fields(passage))

    def withheld(self, screening: Screening) -> Self:
        """Without what gives orders, if anything does."""
        if self.suspicious is None:
            return self
        names = {name: getattr(self, name) for name in ("title", "section_heading")}
        orders = {name: WITHHELD for name, text in names.items() if screen_content(text, screening)}
        return self.model_copy(update={**orders, "text": None})


class SearchResponse(ResponseBody):
    """Best first. ``confidence``, in [0, 1]: how sure the search makes us that the answer is in there at all.
    ``denied``: the rule by which policy refused the query, which was then not searched for; null for every other."""

    model_config = example(**_EXAMPLE)

    search_id: UUID
    mode: SearchMode
    confidence: float
    denied: str | None
    results: tuple[SearchResultBody, ...]
    warnings: tuple[AnswerWarning, ...]


def passage_fields(passage: RetrievedPassage) -> dict[str, Any]:
    """What a result shows of its passage as it is."""
    return {name: getattr(passage, name) for name in SearchResultBody.model_fields if hasattr(passage, name)}
