"""The commands against the API over fakes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from domain.audit.projection import RecordedEvent
from domain.base import JsonValue
from domain.errors import Failure
from tests.unit.api.fake_ports import NOW
from tests.unit.api.fakes import Backend
from tests.unit.cli.conftest import Terminal

Write = Callable[[str, str], Path]


def test_an_answer_is_printed_with_its_citations_and_trace(terminal: Terminal) -> None:
    result = terminal.run("ask", "How do I rotate an API key?")

    assert result.exit_code == 0
    assert "Open Settings. [1]" in result.stdout
    assert "Rotate an API key" in result.stdout
    assert "trace" in result.stdout


def test_the_json_of_an_answer_is_the_chat_response(terminal: Terminal) -> None:
    answer = terminal.json("ask", "How?", "--key", "one")

    assert set(answer) == {"session_id", "outcome", "answer", "citations", "actions", "warnings", "usage", "meta"}
    assert terminal.json("ask", "How?", "--key", "one") == answer


def test_bot_pack_and_session_are_handed_on(terminal: Terminal, backend: Backend) -> None:
    terminal.run("ask", "How?", "--bot", str(backend.bot.bot_id), "--pack", "support")
    unknown = terminal.run("ask", "How?", "--session", str(backend.bot.bot_id))

    assert [request.pack_hint for request in backend.turn_runs.started.values()] == ["support"]
    assert (unknown.exit_code, "no such session" in unknown.stderr) == (1, True)


def test_what_a_follow_up_was_understood_as_is_printed_once(terminal: Terminal, backend: Backend) -> None:
    backend.turn_runs.understood_as = "Show the error rate, yesterday"
    assert terminal.run("ask", "and yesterday?").stdout.count("nderstood as: Show the error rate, yesterday") == 1
    backend.turn_runs.text = "Understood as: “How do I revoke a key?”\n\nOpen Settings."
    assert terminal.run("ask", "how do I revoke it?").stdout.count("nderstood as") == 1


def test_a_failed_turn_ends_with_its_reason(terminal: Terminal, backend: Backend) -> None:
    backend.turn_runs.cause = Failure(code="internal_error", message="It broke.")

    result = terminal.run("ask", "How?")

    assert (result.exit_code, "It broke." in result.stderr, result.stdout) == (1, True, "")


def test_a_blank_question_is_a_usage_error_that_says_why(terminal: Terminal) -> None:
    result = terminal.run("ask", " ")

    assert (result.exit_code, "must not be blank" in result.stderr) == (2, True)


def test_a_wrong_key_is_said_in_one_sentence(terminal: Terminal) -> None:
    result = terminal.run("ask", "How?", "--api-key", "ans_wrong")

    assert result.exit_code == 1
    assert result.stderr.strip() == ("The server does not accept this API key. Check ANSWERABLE_API_KEY or --api-key.")


def test_without_a_server_the_command_says_how_to_start_one(tmp_path: Path) -> None:
    result = Terminal(tmp_path).run("ask", "How?")

    assert (result.exit_code, "answerable up" in result.stderr) == (3, True)


def test_an_address_without_a_scheme_is_a_usage_error(tmp_path: Path) -> None:
    result = Terminal(tmp_path).run("ask", "How?", "--url", "localhost:8080", "--api-key", "ans_x")

    assert (result.exit_code, "http://127.0.0.1:8080" in result.stderr) == (2, True)


def test_ingests_are_listed_and_shown(terminal: Terminal, write: Write) -> None:
    terminal.run("ingest", str(write("a.md", "# A")))

    listed = terminal.json("ingests", "list")["items"]

    assert [one["name"] for one in listed] == ["a.md"]
    assert "a.md" in terminal.run("ingests", "list").stdout
    shown = terminal.run("ingests", "show", listed[0]["ingest_id"]).stdout
    assert "s3://bucket/" in shown
    assert terminal.json("ingests", "show", listed[0]["ingest_id"])["state"] == "succeeded"


def test_an_audit_is_a_timeline_for_people_and_a_list_for_programs(terminal: Terminal, backend: Backend) -> None:
    envelope: JsonValue = {
        "kind": "intent_classified",
        "given": {"message_sha256": "abc"},
        "decided": {"intents": ["how_to"]},
        "versions": {"intent": "intent-1"},
        "started_at": NOW.isoformat(),
        "duration_ms": 1.5,
    }
    backend.turn_runs.recorded = [
        RecordedEvent(sequence=1, timestamp=NOW, kind="started", payload={"message": "How?", "channel": "api"}),
        RecordedEvent(sequence=2, timestamp=NOW, kind="step_completed", payload={"envelopes": [envelope]}),
    ]
    trace_id = "0123456789abcdef" * 2

    shown = terminal.run("audit", trace_id).stdout

    assert "request_received" in shown
    assert "intents            how_to" in shown
    assert [event["kind"] for event in terminal.json("audit", trace_id)] == ["request_received", "intent_classified"]


def test_packs_are_listed_with_and_without_the_word(terminal: Terminal) -> None:
    assert terminal.run("packs", "list").stdout == terminal.run("packs").stdout
    assert terminal.json("packs", "list") == terminal.json("packs")


@pytest.mark.parametrize(("command", "name"), [("packs", "support"), ("datasets", "support")])
def test_listings_are_tables_for_people_and_lists_for_programs(terminal: Terminal, command: str, name: str) -> None:
    assert name in terminal.run(command).stdout
    assert [one["pack_id"] for one in terminal.json(command)] == [name]
