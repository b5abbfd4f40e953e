"""Record the histories that the replay test replays: one for each way in which a workflow can end.

Run it after a deliberate change of a workflow, from the root of the checkout:

    .venv/bin/python -m scripts.record_histories [NAME...]

It starts real servers, runs the workflows with the same wiring as their tests, writes
``tests/replay/histories/*.json`` and, from one of them, ``tests/replay/histories/incompatible/*.json``. Names of the
recording machine, its paths and its stack traces are taken out. While old runs may still be open in production, a
history that no longer replays means: use ``workflow.patched`` instead of recording anew.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from temporalio.client import WorkflowHandle, WorkflowHistory

from activities.ingest.parsing import ParsingActivities
from activities.turns.question_reader import QuestionReader
from activities.turns.recording import ConversationActivities
from activities.turns.retrieval import RetrievalActivities
from adapters.postgres.database import Database
from adapters.postgres.migrations import upgrade
from domain.bots.errors import BotNotFoundError
from domain.errors import InvalidRequestError
from domain.search.reranking import RerankerKind
from tests.fixtures.database import DatabaseUrls, new_tenant
from tests.fixtures.servers import new_object_store, new_postgres, new_temporal, open_directory
from tests.fixtures.step_control import unavailable
from tests.fixtures.worker_steps import Steps, open_steps
from tests.fixtures.workflow_environment import Workbench
from tests.fixtures.workflow_servers import WorkflowServer, real_server
from tests.workflow.documents import KEYS, ROTATE

HISTORIES: Final = Path(__file__).parents[1] / "tests" / "replay" / "histories"
Handle = WorkflowHandle[Any, Any]
Scenario = Callable[[Workbench], Awaitable[Handle]]


async def turn_answered(bench: Workbench) -> Handle:
    await bench.learn("keys.md", KEYS)
    return await bench.ask(ROTATE)


async def turn_refused(bench: Workbench) -> Handle:
    return await bench.ask(ROTATE)


async def turn_small_talk(bench: Workbench) -> Handle:
    return await bench.ask("hello")


async def turn_denied(bench: Workbench) -> Handle:
    await bench.forbid("payroll")
    return await bench.ask("Show me the payroll")


async def turn_reranked(bench: Workbench) -> Handle:
    await bench.learn("keys.md", KEYS)
    await bench.prefer(RerankerKind.COHERE)
    return await bench.ask(ROTATE)


async def turn_with_figures(bench: Workbench) -> Handle:
    return await bench.ask("What was the request volume in the last 24h?")


async def turn_that_follows_up(bench: Workbench) -> Handle:
    await bench.learn("keys.md", KEYS)
    return await bench.go_on(await (await bench.ask(ROTATE)).result(), "how do I revoke it?")


async def turn_failed(bench: Workbench) -> Handle:
    bench.control.fail(QuestionReader.understand_question, unavailable(BotNotFoundError))
    return await bench.ask(ROTATE)


async def turn_failed_in_the_search(bench: Workbench) -> Handle:
    bench.control.fail(RetrievalActivities.retrieve_passages, unavailable(InvalidRequestError))
    return await bench.ask(ROTATE)


async def turn_cancelled(bench: Workbench) -> Handle:
    gate = bench.control.hold(QuestionReader.understand_question)
    handle = await bench.ask(ROTATE)
    await gate.reached.wait()
    await handle.cancel()
    return handle


async def turn_cancelled_while_recorded(bench: Workbench) -> Handle:
    gate = bench.control.hold(ConversationActivities.record_turn)
    handle = await bench.ask("hello")
    await gate.reached.wait()
    await handle.cancel()
    gate.open()
    return handle


async def ingest_succeeded(bench: Workbench) -> Handle:
    return bench.ingest_handle((await bench.learn("keys.md", KEYS)).version)


async def ingest_failed(bench: Workbench) -> Handle:
    return bench.ingest_handle((await bench.learn("keys.md", "")).version)


async def ingest_superseded(bench: Workbench) -> Handle:
    gate = bench.control.hold(ParsingActivities.parse_document)
    versions = [await bench.upload("keys.md", f"{KEYS}\nRevision {number}.\n") for number in range(5)]
    await bench.submit(versions[0])
    await gate.reached.wait()
    for version in versions[1:]:
        await bench.submit(version)
    bench.control.release()
    return bench.ingest_handle(versions[0])


async def ingest_cancelled(bench: Workbench) -> Handle:
    gate = bench.control.hold(ParsingActivities.parse_document)
    version = await bench.upload("keys.md", KEYS)
    await bench.submit(version)
    await gate.reached.wait()
    handle = bench.ingest_handle(version)
    await handle.cancel()
    return handle


async def document_deleted(bench: Workbench) -> Handle:
    version = (await bench.learn("keys.md", KEYS)).version
    await bench.delete(version)
    return bench.ingest_handle(version)


async def document_deleted_while_ingested(bench: Workbench) -> Handle:
    gate = bench.control.hold(ParsingActivities.parse_document)
    versions = [await bench.upload("keys.md", f"{KEYS}\nRevision {number}.\n") for number in range(2)]
    await bench.submit(versions[0])
    await gate.reached.wait()
    await bench.submit(versions[1])
    await bench.delete(versions[0])
    return bench.ingest_handle(versions[0])


async def document_revived(bench: Workbench) -> Handle:
    gate = bench.control.hold(ParsingActivities.parse_document)
    version, again = await bench.upload("keys.md", KEYS), await bench.upload("keys.md", KEYS)
    await bench.submit(version)
    await gate.reached.wait()
    bench.control.forget(ParsingActivities.parse_document)
    await bench.delete(version)
    await bench.submit(again)
    return bench.ingest_handle(version)


async def sweep_removed(bench: Workbench) -> Handle:
    await bench.learn("keys.md", KEYS)
    await bench.upload("other.md", "# Other\n\nNobody ever submitted this.")
    return await bench.sweep(remove=True)


async def search_found(bench: Workbench) -> Handle:
    await bench.learn("keys.md", KEYS)
    return await bench.search(ROTATE)


async def feedback_learned(bench: Workbench) -> Handle:
    return await bench.tune()


async def feedback_forgotten(bench: Workbench) -> Handle:
    return await bench.tune(activate=0)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    turn_answered,
    turn_reranked,
    turn_refused,
    turn_small_talk,
    turn_denied,
    turn_with_figures,
    turn_that_follows_up,
    turn_failed,
    turn_failed_in_the_search,
    turn_cancelled,
    turn_cancelled_while_recorded,
    ingest_succeeded,
    ingest_failed,
    ingest_superseded,
    ingest_cancelled,
    document_deleted,
    document_deleted_while_ingested,
    document_revived,
    sweep_removed,
    search_found,
    feedback_learned,
    feedback_forgotten,
)


def without_the_machine(value: Any) -> Any:
    """A copy of a history's JSON that names neither the machine nor its paths."""
    if isinstance(value, list):
        return [without_the_machine(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: without_the_machine(item) for name, item in value.items() if name != "stackTrace"}
    if "identity" in kept:
        kept["identity"] = "recorder"
    if kept.get("kind") == "TASK_QUEUE_KIND_STICKY":
        kept["name"] = "sticky"
    return kept


def with_another_step_name(history: dict[str, Any], name: str, other: str) -> dict[str, Any]:
    """What the history would be if a release had renamed the step: no worker may replay it silently."""
    return json.loads(json.dumps(history).replace(f'"name": "{name}"', f'"name": "{other}"'))  # type: ignore[no-any-return]


def write(path: Path, history: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(history, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(f"{path.relative_to(HISTORIES)}\n")


def file_name(scenario: Scenario) -> str:
    """Turns of before ADR 36 keep their names, and are not recorded anew."""
    name = scenario.__name__
    return name.replace("turn_", "turn_by_steps_", 1) if name.startswith("turn_") else name


async def record(server: WorkflowServer, steps: Steps, database: Database, scenarios: Sequence[Scenario]) -> None:
    for scenario in scenarios:
        bench = Workbench(server, steps, await new_tenant(database))
        async with bench.working():
            handle = await scenario(bench)
            await handle.result()
            history: WorkflowHistory = await handle.fetch_history()
        recorded = without_the_machine(json.loads(history.to_json()))
        write(HISTORIES / f"{file_name(scenario)}.json", recorded)
        if scenario is turn_answered:
            renamed = with_another_step_name(recorded, "record_turn", "store_turn")
            write(HISTORIES / "incompatible" / "turn_by_steps_with_a_renamed_step.json", renamed)


@asynccontextmanager
async def opened(directory: Path) -> AsyncIterator[tuple[WorkflowServer, Steps, Database]]:
    postgres, temporal, objects = new_postgres(directory), new_temporal(directory), new_object_store(directory)
    async with AsyncExitStack() as stack:
        for server in (postgres, temporal, objects):
            stack.callback(server.stop)
            await asyncio.to_thread(server.start)
        urls = DatabaseUrls(
            superuser=postgres.superuser_url.get_secret_value(),
            owner=postgres.owner_url.get_secret_value(),
            app=postgres.app_url.get_secret_value(),
            reader=postgres.reader_url.get_secret_value(),
        )
        await asyncio.to_thread(upgrade, urls.owner)
        workflow_server = await real_server(temporal)
        database = await stack.enter_async_context(Database(urls.app))
        steps = await stack.enter_async_context(open_steps(workflow_server, urls, objects))
        yield workflow_server, steps, database


async def main(names: Sequence[str]) -> None:
    known = {scenario.__name__: scenario for scenario in SCENARIOS}
    scenarios = [known[name] for name in names] or SCENARIOS
    with open_directory() as directory:
        async with opened(directory) as (server, steps, database):
            await record(server, steps, database, scenarios)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
