"""The sandbox that workflows run in, entered as seldom as can be."""

from collections.abc import Sequence
from typing import Any, Final

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import (
    SerializationContext,
    StorageDriverStoreContext,
    StorageDriverWorkflowInfo,
    WorkflowSerializationContext,
)
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info

# Passed through because they are pure and deterministic, which an AST test enforces; re-importing them for each
# workflow would cost milliseconds of every turn.
_PASSED_THROUGH: Final = (
    "domain",
    "activities",
    "workflows.call_options",
    "workflows.failures",
    "workflows.former_turn",
    "workflows.pages",
    "workflows.search_attributes",
)


def sandbox() -> WorkflowRunner:
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*_PASSED_THROUGH)
    return _Runner(SandboxedWorkflowRunner(restrictions=restrictions))


class _Runner(WorkflowRunner):
    def __init__(self, sandboxed: SandboxedWorkflowRunner) -> None:
        self._sandboxed = sandboxed

    def prepare_workflow(self, defn: Any) -> None:
        self._sandboxed.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Instance(self._sandboxed.create_instance(det), det.info)

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        self._sandboxed.set_worker_level_failure_exception_types(types)


class _Instance(WorkflowInstance):
    """A sandboxed workflow whose payloads all have one context: the workflow they belong to.

    The SDK (1.35) asks for the context of every payload, several times, and the sandbox compiles and runs a program to
    say which step it belongs to: a sixth of a chat worker's time. Nothing here converts a payload by its step.
    """

    def __init__(self, sandboxed: WorkflowInstance, info: Info) -> None:
        self._sandboxed = sandboxed
        self._context = WorkflowSerializationContext(namespace=info.namespace, workflow_id=info.workflow_id)
        self._target = StorageDriverWorkflowInfo(
            namespace=info.namespace, id=info.workflow_id, run_id=info.run_id, type=info.workflow_type
        )

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._sandboxed.activate(act)

    def get_serialization_context(self, command_info: Any) -> SerializationContext:  # noqa: ARG002 - the SDK's
        return self._context

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:  # noqa: ARG002
        return StorageDriverStoreContext(target=self._target)

    def get_info(self) -> Info:
        return self._sandboxed.get_info()

    def get_thread_id(self) -> int | None:
        return self._sandboxed.get_thread_id()
