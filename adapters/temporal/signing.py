"""Signed starts on Temporal's wire: the API signs, and no step runs for a workflow whose start was not signed.

The signature travels in a header beside the input. A workflow cannot check it, for it has no key; so it hands it on to
each of its steps, with a digest of what it was really given, and the worker checks that before the step begins. Steps
that somebody schedules past our workflows have no such header and are refused too.
"""

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from inspect import isawaitable
from typing import Any, Final, NoReturn

from pydantic import ValidationError
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import (
    CreateScheduleInput,
    OutboundInterceptor,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleHandle,
    ScheduleUpdate,
    ScheduleUpdateInput,
    StartWorkflowInput,
    StartWorkflowUpdateWithStartInput,
    UpdateScheduleInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.worker import (
    ActivityInboundInterceptor,
    ContinueAsNewInput,
    ExecuteActivityInput,
    ExecuteWorkflowInput,
    HandleUpdateInput,
    Interceptor,
    StartActivityInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from domain.identity.signing import Claim, SigningKeys, content_sha256

Headers = Mapping[str, Payload]
HEADER: Final = "answerable-claim"
_RESIGN: Final = "__answerable_resign"
_METADATA: Final = {"encoding": b"json/plain"}
_claimed: ContextVar[Claim | None] = ContextVar("claimed", default=None)


class SignedStarts(ClientInterceptor):
    """Signs every start and every update of a client."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002 - the SDK's name
        return _Signing(next, self._keys)


class _Signing(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, keys: SigningKeys) -> None:  # noqa: A002 - the SDK's name
        super().__init__(next)
        self._keys = keys

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002
        input.headers = self._signed(input.headers, _start(input.workflow, input.id, input.args))
        return await super().start_workflow(input)

    async def start_update_with_start_workflow(
        self,
        input: StartWorkflowUpdateWithStartInput,  # noqa: A002
    ) -> WorkflowUpdateHandle[Any]:
        start, update = input.start_workflow_input, input.update_workflow_input
        start.headers = self._signed(start.headers, _start(start.workflow, start.id, start.args))
        update.headers = self._signed(update.headers, _update(update.update, start.id, update.args))
        return await super().start_update_with_start_workflow(input)

    async def create_schedule(self, input: CreateScheduleInput) -> ScheduleHandle:  # noqa: A002
        input.schedule = self._signed_schedule(input.schedule)
        return await super().create_schedule(input)

    async def update_schedule(self, input: UpdateScheduleInput) -> None:  # noqa: A002
        updater = input.updater

        async def signing(given: ScheduleUpdateInput) -> ScheduleUpdate | None:
            made = updater(given)
            update = await made if isawaitable(made) else made
            return update and replace(update, schedule=self._signed_schedule(update.schedule))

        input.updater = signing
        await super().update_schedule(input)

    def _signed_schedule(self, schedule: Schedule) -> Schedule:
        action = schedule.action
        if isinstance(action, ScheduleActionStartWorkflow):
            action.headers = self._signed(action.headers or {}, _start(action.workflow, action.id, action.args))
        return schedule

    def _signed(self, headers: Headers, claim: Claim) -> Headers:
        return {**headers, HEADER: _payload(self._keys.sign(claim))}


class SignatureCheck(Interceptor):
    """Lets a worker run no step but for work that was signed. Stands inside what translates errors."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Checking(next, self._keys)

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:  # noqa: A002
        input.unsafe_extern_functions[_RESIGN] = self._resign
        return _Claiming

    def _resign(self, had: Claim | None, now: Claim) -> Claim:
        """A run that continues another is as good as that one was: only what was signed is signed again."""
        return self._keys.sign(now) if had is not None and self._keys.fits(had) else now


class _Checking(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, keys: SigningKeys) -> None:  # noqa: A002 - the SDK's name
        super().__init__(next)
        self._keys = keys

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        """Raises ForgedRequestError."""
        info = activity.info()
        self._keys.require(_claim(input.headers), info.workflow_id, info.workflow_type)
        return await self.next.execute_activity(input)


class _Claiming(WorkflowInboundInterceptor):
    """What a run, or an update of it, does from here on is done by the claim that came with it."""

    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_HandingOn(outbound))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002
        info = workflow.info()
        _claimed.set(_signed_by(input.headers, _start(info.workflow_type, info.workflow_id, input.args)))
        return await super().execute_workflow(input)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:  # noqa: A002
        workflow_id = workflow.info().workflow_id
        _claimed.set(_signed_by(input.headers, _update(input.update, workflow_id, input.args)))
        return await super().handle_update_handler(input)


class _HandingOn(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002
        input.headers = _handed_on(input.headers)
        return super().start_activity(input)

    def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002
        input.headers = _handed_on(input.headers)
        return super().start_local_activity(input)

    def continue_as_new(self, input: ContinueAsNewInput) -> NoReturn:  # noqa: A002
        had, info = _claimed.get(), workflow.info()
        resign: Callable[[Claim | None, Claim], Claim] = workflow.extern_functions()[_RESIGN]
        claim = resign(had, _start(info.workflow_type, info.workflow_id, input.args))
        input.headers = {**input.headers, HEADER: _payload(claim)}
        super().continue_as_new(input)


def _start(workflow_type: str, workflow_id: str, given: Sequence[Any]) -> Claim:
    return Claim(kind="start", name=workflow_type, workflow_id=workflow_id, content_sha256=content_sha256(given))


def _update(name: str, workflow_id: str, given: Sequence[Any]) -> Claim:
    return Claim(kind="update", name=name, workflow_id=workflow_id, content_sha256=content_sha256(given))


def _signed_by(headers: Headers, really: Claim) -> Claim | None:
    """What has really come, under the signature that came with it: another content is one that nobody signed."""
    claim = _claim(headers)
    # What a schedule starts has an id that was not known when it was signed.
    return claim and really.model_copy(update={"signature": claim.signature, "workflow_id": claim.workflow_id})


def _claim(headers: Headers) -> Claim | None:
    payload = headers.get(HEADER)
    if payload is None:
        return None
    try:
        return Claim.model_validate_json(payload.data)
    except ValidationError:
        return None


def _handed_on(headers: Headers) -> Headers:
    claim = _claimed.get()
    return headers if claim is None else {**headers, HEADER: _payload(claim)}


def _payload(claim: Claim) -> Payload:
    return Payload(metadata=_METADATA, data=claim.model_dump_json().encode())
