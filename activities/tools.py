"""Run one tool that the question asks for. Regular, so that its result stands in the history before it is used."""

from typing import Final
from uuid import UUID

from temporalio import activity

from activities.envelopes import StepClock
from domain.answer import ActionTaken, AnswerWarning
from domain.audit import AuditKind, Envelope
from domain.base import JsonValue, Value
from domain.policy_in_force import SMALLEST_COUNT
from domain.ports import PackCatalog
from domain.redaction import redact
from domain.redaction_ports import PiiDetector
from domain.tool import (
    PlannedCall,
    ToolDef,
    ToolError,
    ToolMeta,
    ToolNotFoundError,
    ToolOutput,
    ToolRequest,
    ToolResult,
    rows_of,
)
from domain.tool_ports import ToolRunner
from domain.tool_rendering import Presented, present

ATTEMPTS: Final = 3
"""After so many, a service that does not answer is a warning of the turn."""


class ExecuteToolInput(Value):
    """``idempotency_key`` is the workflow's id and the number of the call."""

    tenant_id: UUID
    idempotency_key: str
    call: PlannedCall


class ToolExecution(Value):
    """What a call came to: a result, or a ``warning`` that says why there is none, or that something is withheld."""

    call: PlannedCall
    result: ToolResult | None = None
    warning: AnswerWarning | None = None
    envelopes: tuple[Envelope, ...] = ()

    @property
    def action(self) -> ActionTaken:
        """The call as the answer lists it."""
        meta: dict[str, JsonValue] = self.result.meta.model_dump(mode="json") if self.result else {}
        if self.warning is not None and self.result is None:
            meta["error"] = self.warning.code
        return ActionTaken(tool=self.call.tool, args=shown_arguments(self.call), result_meta=meta)


class ToolActivities:
    def __init__(
        self,
        packs: PackCatalog,
        runner: ToolRunner,
        detector: PiiDetector | None = None,
        smallest_count: int = SMALLEST_COUNT,
    ) -> None:
        self._packs = packs
        self._runner = runner
        self._detector = detector
        self._smallest_count = smallest_count

    @activity.defn
    async def execute_tool(self, given: ExecuteToolInput) -> ToolExecution:
        """Call the tool; hide small counts, personal data and secrets. A ToolError becomes a warning.

        Raises ToolServiceError, for another attempt, while attempts are left.
        """
        clock = StepClock()
        request = ToolRequest(tenant_id=given.tenant_id, idempotency_key=given.idempotency_key, call=given.call)
        try:
            output = await self._runner.run(request)
            shown = present(self._definition(given.call.tool), output.data, self._smallest_count, self._detector)
        except ToolError as error:
            if error.retryable and activity.info().attempt < ATTEMPTS:
                raise
            warning = AnswerWarning(code=error.code, message=redact(error.message).text)
            return ToolExecution(
                call=given.call, warning=warning, envelopes=(_envelope(clock, given, {"failed": error.code}),)
            )
        result = _result(output, shown, round(clock.elapsed_ms, 1))
        decided: dict[str, JsonValue] = {
            **result.meta.model_dump(mode="json"),
            "suppressed": shown.suppressed,
            "redactions": dict(shown.redactions),
            "suspicious": list(shown.suspicious),
        }
        envelopes = (_envelope(clock, given, decided),)
        return ToolExecution(call=given.call, result=result, warning=_suspicious(given, shown), envelopes=envelopes)

    def _definition(self, name: str) -> ToolDef:
        for tool in self._packs.tools():
            if tool.name == name:
                return tool
        raise ToolNotFoundError(f"There is no tool {name} in this installation.", tool=name)


def failed_execution(call: PlannedCall) -> ToolExecution:
    """A call whose step ended without a word: its worker died, or its time was over."""
    message = f"{call.tool} did not answer in time."
    return ToolExecution(call=call, warning=AnswerWarning(code="tool_timeout", message=message))


def _suspicious(given: ExecuteToolInput, shown: Presented) -> AnswerWarning | None:
    if not shown.suspicious:
        return None
    rules = ", ".join(shown.suspicious)
    message = f"Texts from {given.call.tool} try to give orders and were withheld (rule {rules})."
    return AnswerWarning(code="tool_text_suspicious", message=message)


def shown_arguments(call: PlannedCall) -> dict[str, JsonValue]:
    return {name: redact(value).text if isinstance(value, str) else value for name, value in call.arguments.items()}


def _result(output: ToolOutput, shown: Presented, duration_ms: float) -> ToolResult:
    rows = rows_of(shown.data) if isinstance(shown.data, list) else None
    meta = ToolMeta(
        duration_ms=duration_ms,
        source=output.source,
        rows=len(rows) if rows is not None else None,
        truncated=output.truncated,
    )
    return ToolResult(data=shown.data, rendered=shown.rendered, meta=meta)


def _envelope(clock: StepClock, given: ExecuteToolInput, decided: dict[str, JsonValue]) -> Envelope:
    return clock.seal(
        AuditKind.TOOL_CALLED,
        given={
            "tool": given.call.tool,
            "arguments": shown_arguments(given.call),
            "defaulted": list(given.call.defaulted),
            "idempotency_key": given.idempotency_key,
        },
        decided=decided,
        versions={f"pack/{given.call.pack_id}": given.call.pack_digest},
    )
