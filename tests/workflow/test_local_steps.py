"""What the SDK does with local steps, where it needs help."""

from uuid import uuid4

from adapters.temporal.error_translation import ErrorTranslation
from domain.errors import Failure
from tests.fixtures.workflow_servers import WorkflowServer
from tests.workflow.one_local_step import OneLocalStep, never_answers
from workers.runtime import WorkerPlan, build_worker


async def test_a_local_step_is_given_up_when_its_time_is_over_and_keeps_the_code_of_its_error(
    workflow_server: WorkflowServer,
) -> None:
    name, client = f"local-step-{uuid4().hex}", workflow_server.client
    async with build_worker(client, WorkerPlan(name, [OneLocalStep], [never_answers]), [ErrorTranslation()]):
        failure = await client.execute_workflow(OneLocalStep.run, id=name, task_queue=name)
    assert failure == Failure(code="database_unavailable", message="It did not answer.")
