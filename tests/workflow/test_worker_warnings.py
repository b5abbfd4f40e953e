"""What a worker lacks is known to whoever can ask Temporal."""

import asyncio
from uuid import uuid4

import pytest

from adapters.confined.layers import Layer
from api.gateways.temporal_service import TemporalServiceGateway
from tests.fixtures.workflow_servers import WorkflowServer
from tests.workflow.one_local_step import OneLocalStep, never_answers
from workers.runtime import WorkerPlan, build_worker


async def test_a_worker_that_lacks_a_layer_of_confinement_is_named_while_it_polls(
    workflow_server: WorkflowServer,
) -> None:
    if workflow_server.skips_time:
        pytest.skip("the time-skipping server names no pollers")
    lacking, whole, client = f"lacking-{uuid4().hex}", f"whole-{uuid4().hex}", workflow_server.client
    lacks = WorkerPlan(lacking, [OneLocalStep], [never_answers], lacks=(Layer.FILES, Layer.NETWORK))
    gateway = TemporalServiceGateway(client, (lacking, whole))
    assert await gateway.worker_warnings() == []
    async with (
        build_worker(client, lacks, []),
        build_worker(client, WorkerPlan(whole, [OneLocalStep], [never_answers]), []),
        asyncio.timeout(20),
    ):
        while not (warnings := await gateway.worker_warnings()):
            """Each look is a call of its own, in which the workers begin to poll."""
    assert len(warnings) == 2
    assert all(lacking in warning for warning in warnings)
    assert "'files'" in warnings[0]
    assert "'network'" in warnings[1]
