"""Searching for passages without asking for an answer."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID, uuid4

from fastapi import APIRouter

from api.edge.authentication import SECURITY, Chatter, KnowledgeReader, TurnRoute
from api.edge.errors import documented
from api.knowledge.explained_bodies import ExplainedResult, ExplainedSearch
from api.knowledge.search_bodies import SearchRequest, SearchResponse, SearchResultBody
from api.services import Services, ServicesDep, WorkflowsDep
from api.workflow_ports import Workflows
from domain.base import JsonValue, sha256_of
from domain.bots.bot import Bot
from domain.bots.rights import allowed_packs
from domain.guardrails.hidden_text import without
from domain.identity.principal import Principal
from domain.knowledge.errors import DatasetNotFoundError
from domain.search.retrieval import LegWeights, RetrievedPassage, SearchFilters
from workflows.search_passages import SearchFound, SearchInput

router = APIRouter(route_class=TurnRoute, dependencies=SECURITY, tags=["knowledge"])


@router.post("/v1/search", responses=documented(404, 413), summary="Search for passages")
async def search(
    body: SearchRequest, principal: Chatter, services: ServicesDep, workflows: WorkflowsDep
) -> SearchResponse:
    """Passages that the key may see, best first, without what the bot hides in answers. If policy refuses the query,
    nothing is returned and `denied` names the rule. A repeated request searches again."""
    done = await _run_search(body, principal, services, workflows)
    return SearchResponse(
        search_id=done.search_id,
        mode=done.found.mode,
        confidence=done.found.confidence,
        denied=done.found.admission.rule_id,
        results=tuple(SearchResultBody.of(*ranked).withheld(done.found.policy.screening) for ranked in done.ranked()),
        warnings=done.found.told,
    )


@router.post("/v1/search/debug", responses=documented(404, 413), summary="Explain a search")
async def explain_search(
    body: SearchRequest, principal: KnowledgeReader, services: ServicesDep, workflows: WorkflowsDep
) -> ExplainedSearch:
    """The same search with its scores and ranks by leg, fusion, boosts, reranking, filters and timings."""
    done = await _run_search(body, principal, services, workflows)
    results = tuple(ExplainedResult.of(*ranked) for ranked in done.ranked())
    return ExplainedSearch.of(done.search_id, done.given, done.found, results)


class _Done(NamedTuple):
    """A search, what it found, and the texts of what it found."""

    search_id: UUID
    given: SearchInput
    found: SearchFound
    texts: dict[UUID, str]

    def ranked(self) -> Iterator[tuple[int, RetrievedPassage, str | None, str | None]]:
        """Rank, passage, text as it may be shown, and the rule that it breaks, best first."""
        for rank, passage in enumerate(self.found.passages, start=1):
            passage_id = passage.passage_id
            text = self.texts.get(passage_id)
            shown = None if text is None else without(text, self.found.hidden.get(passage_id, ()))
            yield rank, passage, shown, self.found.suspicious.get(passage_id)


async def _run_search(body: SearchRequest, principal: Principal, services: Services, workflows: Workflows) -> _Done:
    given, search_id = await _input(body, principal, services), uuid4()
    found = await workflows.searches.search(given, search_id)
    return _Done(search_id, given, found, await _texts(principal.tenant_id, found, services))


async def _input(body: SearchRequest, principal: Principal, services: Services) -> SearchInput:
    tenant_id = principal.tenant_id
    bot = await (services.bots.get(tenant_id, body.bot_id) if body.bot_id else services.bots.default(tenant_id))
    services.packs.notice(bot.pack_ids)
    bot = bot.within(allowed_packs(bot, services.packs.summaries(), principal.roles).allowed)
    filters = SearchFilters(
        tenant_id=tenant_id,
        dataset_ids=_datasets(body, bot),
        visibilities=principal.visibilities,
        roles=principal.roles,
        **body.filters.model_dump(),
    )
    return SearchInput(
        filters=filters,
        reranker=body.reranker or bot.reranker,
        keeps_copies=body.keep_copies,
        bot_id=bot.bot_id,
        weights=LegWeights(**body.weights.model_dump()) if body.weights else None,
        **body.model_dump(include={"query", "top_k", "mode", "fusion"}),
    )


def _datasets(body: SearchRequest, bot: Bot) -> tuple[UUID, ...]:
    """Raises DatasetNotFoundError for one that is not the bot's, or of a pack that the searcher may not use, whether it
    exists or not."""
    own = tuple(dataset.dataset_id for dataset in bot.datasets)
    if body.dataset_ids is None:
        return own
    foreign: list[JsonValue] = [str(dataset_id) for dataset_id in body.dataset_ids if dataset_id not in own]
    if foreign:
        raise DatasetNotFoundError(
            "The bot has no such dataset. GET /v1/datasets lists the datasets.", dataset_ids=foreign
        )
    return tuple(dict.fromkeys(body.dataset_ids))


async def _texts(tenant_id: UUID, found: SearchFound, services: Services) -> dict[UUID, str]:
    """Texts never travel through a history: they are read by id, and must be the ones that were ranked."""
    hashes = {passage.passage_id: passage.text_sha256 for passage in found.passages}
    stored = await services.passage_texts.passage_texts(tenant_id, list(hashes)) if hashes else {}
    return {passage_id: text for passage_id, text in stored.items() if sha256_of(text) == hashes[passage_id]}
