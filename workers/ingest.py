"""The ingest worker: documents on their way into the index."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from temporalio.worker import Interceptor

from bootstrap.confinement import establish_confinement
from bootstrap.observability.logs import configure_logging, forward_core_logs
from bootstrap.settings import load_settings
from bootstrap.wiring.ingest_steps import open_ingest_steps
from workers.runtime import WorkerPlan, build_worker, run_process, serve
from workflows.ids import INGEST_QUEUE
from workflows.ingest_document import IngestDocumentWorkflow
from workflows.sweep_tenant import SweepTenantWorkflow
from workflows.tune_feedback import TuneFeedbackWorkflow

# Most of them wait: activities.ingest.long_steps says how many work, and how many of one tenant wait here.
_CONCURRENT_STEPS: Final = 200
_CONCURRENT_TASKS: Final = 8
# Longer than for a turn: being late under load is no reason to replay an ingest's history. Yet uploads and deletions
# wait so long for a worker that died, and are refused after ten seconds.
_STICKY_TIMEOUT: Final = timedelta(seconds=3)


async def main(interceptors: Sequence[Interceptor] = ()) -> None:
    settings = load_settings()
    configure_logging(settings, "ingest-worker")
    forward_core_logs()
    confinement = await establish_confinement(settings)
    async with open_ingest_steps(settings) as steps:
        plan = WorkerPlan(
            INGEST_QUEUE,
            [IngestDocumentWorkflow, SweepTenantWorkflow, TuneFeedbackWorkflow],
            steps.activities,
            lacks=confinement.missing,
            max_concurrent_workflow_tasks=_CONCURRENT_TASKS,
            sticky_timeout=_STICKY_TIMEOUT,
            max_concurrent_activities=_CONCURRENT_STEPS,
        )
        await serve(build_worker(steps.client, plan, (*steps.interceptors, *interceptors)))


if __name__ == "__main__":
    run_process(main)
