"""The golden cases on real processes with the real model: the whole of ``make eval`` but for its start [Q1]."""

import asyncio
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from adapters.packs.catalog import InstalledPacks
from adapters.postgres.migrations import upgrade
from answerable_sdk import AsyncAnswerable
from bootstrap.embedded.object_store import ObjectStoreServer
from bootstrap.embedded.postgres import PostgresServer
from bootstrap.temporal_setup import prepare_namespace
from cli.seeding import seed_documents
from eval.golden import FOLDER, GoldenCase, load_sets
from eval.judging import Metric, Verdict
from eval.run import put
from eval.running_system import RunningTarget, asker_clients, missing_documents
from eval.scores import TOTAL, score
from tests.fixtures.database import new_database
from tests.fixtures.servers import new_temporal, open_directory
from tests.fixtures.stack import Stack

# The model is loaded twice and every document embedded before the first question.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def stack(
    postgres_server: PostgresServer,
    object_store_server: ObjectStoreServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """Processes with the real model, on a database and a Temporal of their own: no other test's documents are there."""
    with open_directory() as directory:
        temporal, urls = new_temporal(directory), new_database(postgres_server)
        upgrade(urls.owner)
        running = None
        try:
            temporal.start()
            assert asyncio.run(prepare_namespace(temporal.connection)) == []
            folder = tmp_path_factory.mktemp("golden")
            running = Stack(
                postgres_server, temporal, object_store_server, urls, folder, embedder="sentence-transformers"
            )
            running.start()
            seed_documents(running.api_url, SecretStr(running.api_key))
            yield running
        finally:
            if running is not None:
                running.stop()
            temporal.stop()


def verdicts_on(stack: Stack, cases: list[tuple[str, GoldenCase]]) -> list[Verdict]:
    async def run() -> list[Verdict]:
        async with asker_clients(SecretStr(stack.environment["DATABASE_URL"]), stack.tenant_id, stack.api_url) as asked:
            return await put(cases, RunningTarget("the stack of the tests", asked, None, stack.tenant_id))

    return asyncio.run(run())


def test_every_golden_case_passes_on_the_real_system(stack: Stack) -> None:
    cases = [(group.name, case) for group in load_sets(FOLDER, InstalledPacks()) for case in group.cases]

    verdicts = verdicts_on(stack, cases)

    misses = [f"{one.set_name}/{one.case.id}: {miss}" for one in verdicts for miss in one.misses]
    assert misses == []
    assert not any(verdict.left_out for verdict in verdicts)
    total = score(verdicts)[TOTAL]
    assert total["cases"].of == len(cases)
    # Every metric had something to say.
    assert all(total[metric].of >= 5 for metric in Metric)


def test_documents_that_the_cases_are_about_are_missed_when_one_is_gone(stack: Stack) -> None:
    async def missing() -> list[str]:
        async with AsyncAnswerable(stack.api_url, stack.api_key) as client:
            return await missing_documents(client)

    client = stack.client()
    (dataset,) = [one for one in client.datasets.list() if one.pack_id == "staff_handbook"]
    (badge,) = [one for one in client.documents.all(dataset.dataset_id) if one.name.endswith("lost-laptop.md")]
    assert asyncio.run(missing()) == []

    client.documents.delete(dataset.dataset_id, badge.document_id)
    try:
        assert asyncio.run(missing()) == [badge.name]
    finally:
        seed_documents(stack.api_url, SecretStr(stack.api_key))


def test_a_reply_of_the_real_system_misses_a_case_that_expects_something_else(stack: Stack) -> None:
    sets = {group.name: group for group in load_sets(FOLDER, InstalledPacks())}
    by_id = {case.id: case for group in sets.values() for case in group.cases}
    wrong = [
        by_id["volume-24h"].model_copy(update={"expect": by_id["requests-yesterday"].expect}),
        by_id["access-customer"].model_copy(update={"expect": by_id["access-staff"].expect}),
        by_id["rotate-key"].model_copy(update={"expect": by_id["deny-plain"].expect}),
    ]

    verdicts = verdicts_on(stack, [("wrong", case) for case in wrong])

    assert [{miss.metric for miss in verdict.misses} for verdict in verdicts] == [
        {Metric.ARGUMENTS, Metric.CONTAINMENT},
        {Metric.ACCESS},
        {Metric.INTENT, Metric.CITATION, Metric.REFUSAL, Metric.WARNINGS},
    ]
