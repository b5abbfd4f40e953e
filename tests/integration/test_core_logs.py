"""What the Temporal core of a process says stands in the same log, in the same form."""

import json
import subprocess
import sys
from pathlib import Path

from tests.fixtures.servers import new_temporal

_ROOT = Path(__file__).parents[2]
_WORKER = """
import asyncio, sys
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker
from bootstrap.observability.logs import configure_logging, forward_core_logs
from bootstrap.settings import load_settings

@activity.defn
async def nothing() -> None: ...

async def main() -> None:
    client = await Client.connect(sys.argv[1])
    async with Worker(client, task_queue="logs", activities=[nothing]):
        print("polling", file=sys.stderr, flush=True)
        await asyncio.Event().wait()

configure_logging(load_settings(None), "chat-worker")
forward_core_logs()
asyncio.run(main())
"""


def test_a_line_of_the_core_about_a_lost_server_is_a_json_object_that_names_its_process(directory: Path) -> None:
    server = new_temporal(directory)
    server.start()
    command = [sys.executable, "-c", _WORKER, server.address]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=_ROOT) as worker:
        try:
            assert worker.stderr
            while worker.stderr.readline().strip() != "polling":
                pass
            server.kill()
            line = json.loads(worker.stderr.readline())
        finally:
            worker.kill()
            server.stop()

    assert (line["logger"], line["level"], line["process"]) == ("temporal_core", "warning", "chat-worker")
    assert "retried" in line["event"]
