"""The chat worker: turns and nothing else, so that no ingest delays an answer."""

from collections.abc import Sequence

from temporalio.worker import Interceptor

from bootstrap.confinement import establish_confinement
from bootstrap.observability.logs import configure_logging, forward_core_logs
from bootstrap.settings import load_settings
from bootstrap.wiring.chat_steps import open_chat_steps
from workers.log_context import TurnLogContext
from workers.runtime import WorkerPlan, build_worker, run_process, serve
from workflows.chat_turn import ChatTurnWorkflow
from workflows.ids import CHAT_QUEUE
from workflows.search_passages import SearchWorkflow


async def main(interceptors: Sequence[Interceptor] = ()) -> None:
    settings = load_settings()
    configure_logging(settings, "chat-worker")
    forward_core_logs()
    confinement = await establish_confinement(settings)
    async with open_chat_steps(settings) as steps:
        plan = WorkerPlan(CHAT_QUEUE, [ChatTurnWorkflow, SearchWorkflow], steps.activities, lacks=confinement.missing)
        await serve(build_worker(steps.client, plan, (TurnLogContext(), *steps.interceptors, *interceptors)))


if __name__ == "__main__":
    run_process(main)
