"""What every worker process has in common: sandbox, shutdown, and the settings that make recovery quick."""

import asyncio
import compileall
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from temporalio.client import Client
from temporalio.worker import Interceptor, Worker

import workflows
from bootstrap import event_loop
from workers.sandbox import sandbox
from workflows.ids import worker_identity

GRACEFUL_SHUTDOWN: Final = timedelta(seconds=10)
STICKY_TIMEOUT: Final = timedelta(seconds=2)
"""How long a workflow task waits for the worker that has the workflow cached before any other may take it."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WorkerPlan:
    """What one worker process serves.

    Few workflow tasks at once: what a process takes beyond what it can compute waits in it while the clock of the task
    runs, is given out again when that is over, and is then computed twice. On the server it waits for nothing.
    """

    task_queue: str
    workflows: Sequence[type]
    activities: Sequence[Callable[..., Any]]
    lacks: Collection[str] = ()
    """Layers of confinement that this worker's machine does not give; /v1/ready names them."""
    max_concurrent_workflow_tasks: int = 20
    sticky_timeout: timedelta = STICKY_TIMEOUT
    max_concurrent_activities: int = 50
    max_concurrent_local_activities: int = 50


def compile_workflows() -> None:
    """Write the bytecode of the workflow modules, whatever PYTHONDONTWRITEBYTECODE says.

    The sandbox imports a workflow's module anew for every workflow; without bytecode each of them would compile it.
    """
    compileall.compile_dir(Path(workflows.__file__).parent, maxlevels=1, quiet=2)


def build_worker(client: Client, plan: WorkerPlan, interceptors: Sequence[Interceptor]) -> Worker:
    """Return a worker for ``plan``; the first of ``interceptors`` is the outermost."""
    compile_workflows()
    return Worker(
        client,
        task_queue=plan.task_queue,
        workflows=plan.workflows,
        activities=plan.activities,
        workflow_runner=sandbox(),
        identity=worker_identity(os.getpid(), socket.gethostname(), plan.lacks),
        interceptors=list(interceptors),
        max_concurrent_workflow_tasks=plan.max_concurrent_workflow_tasks,
        max_concurrent_activities=plan.max_concurrent_activities,
        max_concurrent_local_activities=plan.max_concurrent_local_activities,
        sticky_queue_schedule_to_start_timeout=plan.sticky_timeout,
        graceful_shutdown_timeout=GRACEFUL_SHUTDOWN,
        # Heartbeats of ingest steps come every second and must reach the server at that pace.
        max_heartbeat_throttle_interval=timedelta(seconds=2),
        default_heartbeat_throttle_interval=timedelta(seconds=1),
    )


async def serve(worker: Worker) -> None:
    """Run until SIGTERM or SIGINT, then let what is under way finish."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, stop.set)
    async with worker:
        event_loop.keep_what_is_loaded()
        _log.info("worker_ready", task_queue=worker.task_queue)
        await stop.wait()
        _log.info("worker_stopping", task_queue=worker.task_queue)


def run_process(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a process's main coroutine and end without the interpreter's own teardown.

    Threads of the Temporal core may still hold Python objects then, which aborts some plain exits.
    """
    status = 0
    try:
        event_loop.run(lambda: _breathe_after(main))
    except Exception:  # noqa: BLE001 - the last frame of the process: whatever it was, say it
        _log.exception("process_failed")
        status = 1
    logging.shutdown()
    sys.stderr.flush()
    os._exit(status)


async def _breathe_after(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    await main()
    gc.collect()
    await asyncio.sleep(0.3)
