"""The abuse suite in short: `make abuse` measures what this only looks at."""

import json
import os
import subprocess
import sys
from uuid import uuid4

import psutil
import pytest

from answerable_sdk.client import Answerable
from bench.abuse.attacking import Orders
from bench.processes import proportional_bytes
from tests.fixtures.key_desk import Tenant
from tests.fixtures.stack import Stack

SECONDS = 12.0
MIB = 1024 * 1024
# Of the recipes those that are over soon, of each kind.
NAMES = (
    *("a message of dates", "how many", "ligatures", "digits", "long conversations", "plain questions", "wait for no"),
    *("empty values", "list of numbers for messages", "forty thousand", "brackets", "trailers", "body after"),
    *("half-open", "readiness", "guessed keys", "lists", "small documents", "a folded document"),
)


@pytest.mark.usefixtures("howto_documents")
def test_one_tenants_worst_costs_another_no_answer_and_no_process_its_memory(stack: Stack, stranger: Tenant) -> None:
    lasting = {process.name: psutil.Process(process.pid) for process in stack.processes()}
    before = {name: proportional_bytes(process) for name, process in lasting.items()}
    orders = Orders(
        url=stack.api_url, api_key=stranger.api_key, dataset_id=stranger.dataset_id, seconds=SECONDS, names=NAMES
    )
    attack = subprocess.Popen(
        [sys.executable, "-m", "bench.abuse.attacking"],
        cwd=stack.folder,
        env={**os.environ, "PYTHONPATH": stack.python_path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert attack.stdin is not None
    attack.stdin.write(orders.model_dump_json().encode())
    attack.stdin.close()

    answered = 0
    with Answerable(stack.api_url, stack.api_key, timeout=60) as client:
        while attack.poll() is None:
            assert client.ask("How do I rotate an API key?", idempotency_key=uuid4().hex).citations
            answered += 1

    assert attack.stdout is not None
    with attack:
        seen = json.loads(attack.stdout.read())
    assert answered > 0
    assert all(process.is_running() for process in lasting.values())
    assert not {name for name, answers in seen.items() if "500" in answers}
    grown = {name: (proportional_bytes(process) - before[name]) / MIB for name, process in lasting.items()}
    assert max(grown.values()) < 100, grown
