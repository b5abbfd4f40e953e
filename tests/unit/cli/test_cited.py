"""``answerable cite`` and ``answerable conversations``."""

from uuid import UUID

from domain.conversations.conversation import Conversation, Message
from domain.search.stored import Currency
from tests.unit.api.chat.test_passages import PASSAGE, TEXT, keep
from tests.unit.api.fake_ports import NOW
from tests.unit.api.fakes import Backend
from tests.unit.cli.conftest import Terminal


def test_a_cited_passage_is_printed_with_what_is_quoted(terminal: Terminal, backend: Backend) -> None:
    keep(backend, currency=Currency.REPLACED)
    trace_id = terminal.json("ask", "How?")["meta"]["trace_id"]
    turn = backend.turns.rows[backend.tenant_id, trace_id]
    start = TEXT.index("Then")
    quoted = turn.answer.citations[0].model_copy(update={"quote_start": start, "quote_end": len(TEXT)})
    answer = turn.answer.model_copy(update={"citations": (quoted,)})
    backend.turns.rows[backend.tenant_id, trace_id] = turn.model_copy(update={"answer": answer})

    shown = terminal.run("cite", str(PASSAGE), "--turn", trace_id).stdout

    assert "Write to [email]. Then open Settings." in shown
    assert "Rotate an API key / Rotate" in shown
    assert "version 2 of 2025-01-31" in shown
    assert "newer version" in shown
    assert "quoted at 18 to 37: Then open Settings." in shown
    assert terminal.json("cite", str(PASSAGE))["quotes"] == []


def test_a_passage_that_is_not_there_is_an_error(terminal: Terminal) -> None:
    result = terminal.run("cite", str(PASSAGE))

    assert (result.exit_code, "no such passage" in result.stderr) == (1, True)


def test_an_answer_prints_the_ids_that_cite_takes(terminal: Terminal) -> None:
    terminal.environment["COLUMNS"] = "80"
    shown = terminal.run("ask", "How do I rotate an API key?").stdout

    assert str(PASSAGE) in shown


def test_conversations_fit_a_terminal_and_keep_their_ids(terminal: Terminal, backend: Backend) -> None:
    held = [
        Conversation(
            conversation_id=UUID(int=number),
            bot_id=backend.bot.bot_id,
            principal_id="key-1",
            channel="a-channel-with-a-long-name",
            created_at=NOW,
            messages=(Message(sequence=1, turn_id="0" * 32, role="user", text="How? " * 60, created_at=NOW),),
        )
        for number in range(3)
    ]
    for one in held:
        backend.conversations.rows[backend.tenant_id, one.conversation_id] = one
    terminal.environment["COLUMNS"] = "80"

    shown = terminal.run("conversations", "--limit", "2").stdout.splitlines()

    assert max(len(line) for line in shown[:-1]) <= 80
    assert all(any(str(one.conversation_id) in line for line in shown) for one in held[1:])
    assert f"--after {held[1].conversation_id}" in shown[-1]
