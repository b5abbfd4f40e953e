"""Whatever is killed while a turn runs: one workflow, one answer, one row, and all three agree [W1, W2]."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias
from uuid import uuid4

import pytest

from answerable_sdk import ChatResponse
from tests.fixtures.processes import eventually
from tests.fixtures.stack import Stack
from tests.fixtures.turns import message_roles, recorded_turn, turn_started, workflow_result

QUESTION = "How do I rotate an API key?"
Asking: TypeAlias = Callable[[], Future[ChatResponse]]
STEPS = [
    ("understand_question", "before"),
    ("retrieve_passages", "after"),
    ("compose_answer", "after"),
    ("redact_answer", "before"),
    ("redact_answer", "after"),
    ("record_turn", "before"),
    ("record_turn", "after"),
]


@pytest.fixture
def key() -> str:
    return f"key-{uuid4()}"


@pytest.fixture
def seeded(stack: Stack, howto_documents: None) -> Iterator[Stack]:
    """The stack with its demo documents, whole again after the test whatever was killed."""
    yield stack
    for server in (stack.postgres, stack.temporal, stack.object_store):
        if not server.is_running:
            server.start()
    for process in stack.processes():
        if not process.is_running:
            process.start()


@pytest.fixture
def asking(seeded: Stack, key: str) -> Iterator[Asking]:
    """Ask the question under the test's key, in the background."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda: pool.submit(lambda: seeded.client().ask(QUESTION, idempotency_key=key, timeout=60))


def assert_one_turn(stack: Stack, key: str, first: ChatResponse) -> None:
    """The repeated request, the row, the messages and the workflow's result all tell the same answer."""
    repeated = stack.client().ask(QUESTION, idempotency_key=key)
    assert repeated == first
    trace_id = repeated.meta.trace_id
    assert message_roles(stack, trace_id) == ["user", "assistant"]
    result = workflow_result(stack, trace_id)
    assert result == recorded_turn(stack, trace_id)
    assert result.answer.text == repeated.answer


@pytest.mark.parametrize(("step", "side"), STEPS, ids=[f"{side}-{step}" for step, side in STEPS])
def test_a_turn_ends_once_when_its_worker_is_killed(
    seeded: Stack, asking: Asking, key: str, step: str, side: str
) -> None:
    seeded.chat_worker.stop()
    dying = seeded.worker_that_dies("chat", step, side)
    dying.start()
    asked = asking()
    eventually(lambda: not dying.is_running, "the worker killed itself")
    seeded.chat_worker.start()
    answer = asked.result(timeout=60)
    assert answer.citations[0].title == "Rotate an API key"
    assert_one_turn(seeded, key, answer)


def test_the_client_gets_its_answer_when_the_api_is_killed_while_it_waits(
    seeded: Stack, asking: Asking, key: str
) -> None:
    seeded.chat_worker.stop()
    asked = asking()
    eventually(lambda: turn_started(seeded, key), "the turn started")
    seeded.api.kill()
    seeded.api.start()
    seeded.chat_worker.start()
    assert_one_turn(seeded, key, asked.result(timeout=60))


def test_a_turn_goes_on_when_the_temporal_server_is_killed(seeded: Stack, asking: Asking, key: str) -> None:
    seeded.chat_worker.stop()
    asked = asking()
    eventually(lambda: turn_started(seeded, key), "the turn started")
    seeded.temporal.kill()
    seeded.temporal.start()
    seeded.chat_worker.start()
    assert_one_turn(seeded, key, asked.result(timeout=60))


def test_a_turn_waits_for_the_database_when_it_is_killed_before_recording(
    seeded: Stack, asking: Asking, key: str
) -> None:
    seeded.chat_worker.stop()
    dying = seeded.worker_that_dies("chat", "record_turn", "before")
    dying.start()
    asked = asking()
    eventually(lambda: not dying.is_running, "the worker killed itself")
    seeded.postgres.kill()
    seeded.chat_worker.start()
    seeded.postgres.start()
    assert_one_turn(seeded, key, asked.result(timeout=60))


def test_twenty_clients_with_one_key_get_one_answer(seeded: Stack, key: str) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: seeded.client().ask(QUESTION, idempotency_key=key), range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert_one_turn(seeded, key, answers[0])
