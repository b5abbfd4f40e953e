"""Whether Temporal answers, and what its workers report of themselves."""

from collections.abc import Sequence

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from api.gateways.temporal_calls import RPC_TIMEOUT, bounded, require_service
from workflows.ids import CHAT_QUEUE, INGEST_QUEUE, layers_lacking


class TemporalServiceGateway:
    """Implements WorkflowService."""

    def __init__(self, client: Client, queues: Sequence[str] = (CHAT_QUEUE, INGEST_QUEUE)) -> None:
        self._client = client
        self._queues = queues

    async def check(self) -> None:
        """Raises WorkflowServiceUnavailableError unless Temporal answers."""
        await require_service(self._client)

    async def worker_warnings(self) -> list[str]:
        """A sentence for each layer of confinement that a worker of the last minutes lacks.

        Raises WorkflowServiceUnavailableError.
        """
        lacking = {(layer, queue) for queue in self._queues for who in await self._pollers(queue) for layer in who}
        return [
            f"A worker of the queue '{queue}' lacks the layer of confinement '{layer}': see docs/RUNBOOK.md."
            for layer, queue in sorted(lacking)
        ]

    async def _pollers(self, queue: str) -> list[tuple[str, ...]]:
        """What each worker that polls the queue lacks."""
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        )
        async with bounded("Temporal does not answer."):
            described = await self._client.workflow_service.describe_task_queue(request, timeout=RPC_TIMEOUT)
        return [layers_lacking(poller.identity) for poller in described.pollers]
