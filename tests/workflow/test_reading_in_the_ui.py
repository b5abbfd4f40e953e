"""What docs/TEMPORAL_UI.md promises to a support person, as the server has it and the UI asks for it."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.ingest.parsing import ParsingActivities
from activities.turns.question_reader import QuestionReader
from activities.turns.retrieval import RetrievalActivities
from adapters.postgres.demo_events import DemoEvents
from domain.bots.errors import BotNotFoundError
from tests.fixtures.step_control import unavailable
from tests.fixtures.workflow_environment import Workbench
from tests.workflow.documents import KEYS, KEYS_REVISED, ROTATE
from workflows import search_attributes
from workflows.pages.text import one_line, shown

NOISE = '![x](https://example.org/p.png) <b>jane@example.com</b> "\\"\x01' + "😀" * 400


async def current_details(handle: WorkflowHandle[Any, Any]) -> str:
    """What the UI shows under User Metadata: the answer of the SDK's own metadata query."""
    metadata = await handle.query("__temporal_workflow_metadata")
    return str(metadata["currentDetails"] if isinstance(metadata, dict) else metadata.current_details)


async def summaries(handle: WorkflowHandle[Any, Any]) -> list[str]:
    """The summary of every step, local ones too, in the order in which they were recorded."""
    converter = pydantic_data_converter.payload_converter
    return [
        converter.from_payload(event.user_metadata.summary, str)
        for event in (await handle.fetch_history()).events
        if event.HasField("activity_task_scheduled_event_attributes")
        or event.marker_recorded_event_attributes.marker_name == "core_local_activity"
    ]


async def attributes(handle: WorkflowHandle[Any, Any]) -> dict[str, Any]:
    ours = {key.name for key in vars(search_attributes).values() if hasattr(key, "name")}
    found = (await handle.describe()).typed_search_attributes
    return {pair.key.name: pair.value for pair in found if pair.key.name in ours - {"TenantId", "Channel"}}


async def test_an_answered_turn_says_what_was_asked_decided_and_cited(workbench: Workbench) -> None:
    ingest = await workbench.learn("keys.md", KEYS)
    document_id = str(ingest.version.document_id)
    handle = await workbench.ask(ROTATE)
    turn = await handle.result()
    described = await handle.describe()
    assert await described.static_summary() == ROTATE
    details = str(await described.static_details())
    for promised in (ROTATE, "Support desk", "internal and external", f"answerable audit {turn.turn_id}"):
        assert promised in details
    page = await current_details(handle)
    for promised in ("Outcome: answered.", "Rotate an API key", document_id, f"answerable audit {turn.turn_id}"):
        assert promised in page
    assert "**Read as:** how_to (rule `asks_how`)" in page
    assert (
        "**Searched:** product_support (every pack of the bot), in internal and external documents: 1 passage" in page
    )
    assert re.search(
        r"- \*\*1\.00\*\* \(meaning 0\.\d\d, words \d+\.\d\d\) “Rotate an API key.*”, cited as \[1\]", page
    )
    assert re.search(
        r"\*\*Time:\*\* [\d,]+ ms .*: read the question \d+ ms, search \d+ ms, write the answer \d+ ms", page
    )
    assert "What to do" not in page
    policy, search, answer, redaction, record = await summaries(handle)
    assert policy.startswith("Policy: may this be answered")
    assert search == "Read as how_to: search product_support"
    assert answer == "Read as how_to: write the answer from 1 passage"
    assert redaction.startswith("Hide what the policy hides")
    assert record == "Store as answered. The answer comes from “Rotate an API key”."
    assert await attributes(handle) == {
        "Outcome": "answered",
        "Intent": ["how_to"],
        "PackId": ["product_support"],
        "DocumentId": [document_id],
    }


async def test_a_refused_turn_says_why_nothing_was_answered(workbench: Workbench) -> None:
    nothing = await workbench.ask(ROTATE)
    await nothing.result()
    assert "No passage was found among the documents that the asker may see." in await current_details(nothing)
    await workbench.learn("keys.md", KEYS)
    far = await workbench.ask("Why do volcanoes erupt near tectonic boundaries?")
    await far.result()
    assert (await summaries(far))[-1].startswith("Store as refused. No passage holds the answer (1 passage")
    page = await current_details(far)
    assert "**If a document should answer this:**" in page
    assert re.search(r"- \*\*0\.\d\d\*\* .*“Rotate an API key", page)
    assert "cited as" not in page
    assert await attributes(far) == {"Outcome": "refused", "Intent": ["how_to"], "PackId": ["product_support"]}


async def test_a_denied_turn_names_the_rule(workbench: Workbench) -> None:
    await workbench.forbid("payroll")
    handle = await workbench.ask("Show me the payroll")
    await handle.result()
    assert "(rule deny_pattern/1)" in (await summaries(handle))[-1]
    page = await current_details(handle)
    assert "Outcome: denied." in page
    assert "an administrator can change it" in page
    assert await attributes(handle) == {"Outcome": "denied", "Intent": ["unknown"]}


async def test_a_turn_that_needs_no_document_says_so(workbench: Workbench) -> None:
    handle = await workbench.ask("hello")
    await handle.result()
    assert "The answer needed no document." in await current_details(handle)
    assert await attributes(handle) == {"Outcome": "answered", "Intent": ["small_talk"]}


async def test_a_failed_turn_names_the_step_and_the_code(workbench: Workbench) -> None:
    workbench.control.fail(QuestionReader.understand_question, unavailable(BotNotFoundError))
    handle = await workbench.ask(ROTATE)
    await handle.result()
    assert "Stopped while the question was read: bot_not_found." in (await summaries(handle))[-1]
    assert await attributes(handle) == {"Outcome": "failed", "Intent": ["unknown"]}


async def test_a_turn_that_fails_after_it_was_understood_keeps_what_was_decided(workbench: Workbench) -> None:
    workbench.control.fail(RetrievalActivities.retrieve_passages, lambda: RuntimeError("one"))
    handle = await workbench.ask(ROTATE)
    await handle.result()
    page = await current_details(handle)
    assert "Stopped while passages were searched: internal_error." in page
    assert "**Searched:** product_support (every pack of the bot), in internal and external documents: without" in page
    assert f"look for `{(await handle.result()).turn_id}` in the logs of the chat workers" in page
    assert (await attributes(handle))["Intent"] == ["how_to"]


async def test_a_document_finds_its_ingests_and_the_turns_that_cite_it(workbench: Workbench) -> None:
    if workbench.server.skips_time:
        pytest.skip("the time-skipping server lists nothing")
    ingest = await workbench.learn("keys.md", KEYS)
    handle = await workbench.ask(ROTATE)
    await handle.result()
    query = f'DocumentId = "{ingest.version.document_id}" AND TenantId = "{workbench.tenant.tenant_id}"'
    expected = {handle.id, workbench.ingest_handle(ingest.version).id}
    async with asyncio.timeout(10):
        # The list follows the history after a moment.
        while {found.id async for found in workbench.client.list_workflows(query)} != expected:
            continue
    intents = f'{query} AND Intent = "how_to" AND PackId = "product_support" AND Outcome = "answered"'
    assert [found.id async for found in workbench.client.list_workflows(intents)] == [handle.id]


async def test_a_succeeded_ingest_names_the_version_in_every_step(workbench: Workbench) -> None:
    ingest = await workbench.learn("keys.md", KEYS)
    handle = workbench.ingest_handle(ingest.version)
    described = await handle.describe()
    assert await described.static_summary() == "Ingest keys.md"
    details = str(await described.static_details())
    assert f"answerable ingests show {ingest.version.version_id}" in details
    assert f'WorkflowType = "ChatTurn" AND DocumentId = "{ingest.version.document_id}"' in details
    steps = await summaries(handle)
    assert steps[0] == "Accept an upload of keys.md"
    assert all(step.startswith("Version 1: ") for step in steps[1:-1])
    assert "Version 1: publish 1 passage" in steps
    page = await current_details(handle)
    assert "**keys.md, version 1: succeeded.** Answers come from it." in page
    assert (await attributes(handle))["IngestState"] == "succeeded"


async def test_a_failed_ingest_says_why_and_what_stays_live(workbench: Workbench) -> None:
    ingest = await workbench.learn("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00", "image/png")
    handle = workbench.ingest_handle(ingest.version)
    page = await current_details(handle)
    assert "version 1: failed.** `unsupported_format`: " in page
    assert "A version that was live before goes on answering." in page
    assert "Version 1: record as failed, unsupported_format" in await summaries(handle)
    assert (await attributes(handle))["IngestState"] == "failed"


async def test_superseded_versions_are_listed_beside_the_one_that_won(workbench: Workbench) -> None:
    gate = workbench.control.hold(ParsingActivities.parse_document)
    versions = [await workbench.upload("keys.md", f"{KEYS}\nRevision {number}.\n") for number in range(3)]
    await workbench.submit(versions[0])
    await gate.reached.wait()
    for version in versions[1:]:
        await workbench.submit(version)
    workbench.control.release()
    handle = workbench.ingest_handle(versions[0])
    await handle.result()
    page = await current_details(handle)
    assert "version 3: succeeded.**" in page
    assert f"- 2: **superseded**, ingest `{versions[1].version_id}`" in page
    assert "Version 2: record as superseded" in await summaries(handle)


async def test_an_upload_that_changes_nothing_is_called_unchanged(workbench: Workbench) -> None:
    first = await workbench.learn("keys.md", KEYS)
    await workbench.learn("keys.md", KEYS)
    handle = workbench.ingest_handle(first.version)
    assert "**keys.md: unchanged.** The upload equals version 1" in await current_details(handle)
    assert (await attributes(handle))["IngestState"] == "unchanged"
    await workbench.learn("keys.md", KEYS_REVISED)
    assert (await attributes(workbench.ingest_handle(first.version)))["IngestState"] == "succeeded"


async def test_a_turn_that_asked_a_tool_names_it_and_what_it_brought(workbench: Workbench) -> None:
    now = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
    await DemoEvents(workbench.tenant.database).fill(workbench.tenant.tenant_id, now - timedelta(days=2), now)
    handle = await workbench.ask("What was the request volume in the last 24h?", received_at=now)
    await handle.result()
    page = await current_details(handle)
    tool = "product_support.request_volume_24h"
    assert f"**Outcome: answered.** The figures come from {tool}." in page
    assert re.search(rf"- `{tool}`, 2026-11-24 14:30 to .*, for the words “.*”: \d+ rows?, \d+ ms", page)


async def test_a_sweep_says_what_it_looked_at_and_names_what_it_found(workbench: Workbench) -> None:
    await workbench.learn("keys.md", KEYS)
    clean = await workbench.sweep()
    await clean.result()
    page = await current_details(clean)
    assert page.startswith("**Done.** Nothing is left over.")
    assert "**Looked at:** 1 versions" in page
    orphan = await workbench.upload("other.md", "# Other\n\nNobody ever submitted this.")
    removing = await workbench.sweep(remove=True)
    await removing.result()
    page = await current_details(removing)
    assert "1 left over, 1 of them removed." in page
    assert f"- source_artifact (removed) `{orphan.artifact.key}`" in page


async def test_texts_of_strangers_are_redacted_dead_and_short(workbench: Workbench) -> None:
    handle = await workbench.ask(NOISE)
    await handle.result()
    described = await handle.describe()
    for text in (await described.static_summary(), await described.static_details(), await current_details(handle)):
        assert "jane@example.com" not in str(text)
        assert "](http" not in str(text)
        assert "<b>" not in str(text)


@pytest.mark.parametrize("text", [NOISE, "😀" * 500, '"' * 500, "\\" * 500, "a" * 500, "", "\x00\x1b"])
def test_a_line_always_fits_into_a_summary(text: str) -> None:
    payload = pydantic_data_converter.payload_converter.to_payload(one_line(text))
    assert len(payload.data) <= 260


def test_a_short_text_is_shown_as_it_is() -> None:
    assert (
        shown("How do I rotate an API key?") == one_line("How do I rotate an API key?") == "How do I rotate an API key?"
    )
