"""A search finds what its asker may see, and its history says what was found, on both servers."""

from uuid import uuid4

import pytest

from activities.search.searching import SearchingActivities
from domain.audit.envelope import AuditKind
from domain.bots.errors import BotNotFoundError
from domain.errors import DatabaseUnavailableError
from domain.search.retrieval import SearchMode
from tests.fixtures.step_control import unavailable
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, ROTATE


async def test_a_search_finds_passages_with_the_ranks_of_both_legs(workbench: Workbench) -> None:
    ingest = await workbench.learn("keys.md", KEYS)
    found = await (await workbench.search(ROTATE)).result()
    assert found.passages[0].version_id == ingest.version.version_id
    assert (found.passages[0].scores.dense_rank, found.passages[0].scores.lexical_rank) == (1, 1)
    assert found.timings.index_ms > 0


async def test_a_lexical_search_embeds_nothing(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    found = await (await workbench.search(ROTATE, mode=SearchMode.LEXICAL)).result()
    assert (found.mode, found.passages[0].scores.dense) == (SearchMode.LEXICAL, None)


async def test_nothing_outside_the_named_datasets_or_the_tenant_is_found(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    assert (await (await workbench.search(ROTATE, dataset_ids=(uuid4(),))).result()).passages == ()
    with pytest.raises(BotNotFoundError):
        await workbench.search(ROTATE, tenant_id=uuid4())


async def test_a_search_outlives_a_database_that_is_away_for_a_moment(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    workbench.control.fail(SearchingActivities.search_passages, unavailable(DatabaseUnavailableError), times=1)
    assert (await (await workbench.search(ROTATE)).result()).passages
    assert workbench.control.attempts["search_passages"] == 2


async def test_the_history_of_a_search_says_what_was_found_but_holds_no_text(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    handle = await workbench.search(ROTATE)
    found = await handle.result()
    (performed,) = [event for event in await workbench.audit(handle) if event.kind is AuditKind.SEARCH_PERFORMED]
    decided = performed.data["decided"]
    assert isinstance(decided, dict)
    assert decided["passages"] == [str(passage.passage_id) for passage in found.passages]
    assert "Press Rotate" not in str((await handle.fetch_history()).to_json_dict())


async def test_words_of_an_earlier_release_are_a_warning_of_searches_and_answers(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    async with workbench.tenant.database.transaction(workbench.tenant.tenant_id) as connection:
        await connection.execute("UPDATE index_segments SET analyser = 'english-0'")
    search = await workbench.search(ROTATE)
    turn = await (await workbench.ask(ROTATE)).result()
    assert [warning.value for warning in (await search.result()).warnings] == ["analyser_differs"]
    assert "analyser_differs" in [warning.code for warning in turn.answer.warnings]
