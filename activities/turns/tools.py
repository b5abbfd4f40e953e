"""Run one tool that the question asks for. Regular, so that its result stands in the history before it is used."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from uuid import UUID

from temporalio import activity

from activities.envelopes import StepClock
from activities.turns.tool_execution import ToolExecution, shown_arguments
from domain.answers.answer import AnswerWarning
from domain.audit.envelope import AuditKind, Envelope
from domain.base import JsonValue, Value
from domain.guardrails.ports import PiiDetector
from domain.guardrails.redaction import redacted_start
from domain.guardrails.tool_results import Presented, present
from domain.packs.errors import ToolError, ToolNotFoundError
from domain.packs.ports import PackCatalog, ToolRunner
from domain.packs.tool import PlannedCall, ToolDef, ToolMeta, ToolOutput, ToolRequest, ToolResult, rows_of
from domain.policy.in_force import PinnedPolicy

_LONGEST_MESSAGE: Final = 500
ATTEMPTS: Final = 3
"""After so many, a service that does not answer is a warning of the turn."""


class ExecuteToolInput(Value):
    """``idempotency_key`` is the workflow's id and the number of the call."""

    tenant_id: UUID
    idempotency_key: str
    call: PlannedCall
    policy: PinnedPolicy = PinnedPolicy()


class ToolActivities:
    def __init__(
        self,
        packs: PackCatalog,
        runner: ToolRunner,
        detector: PiiDetector | None = None,
    ) -> None:
        self._packs = packs
        self._runner = runner
        self._detector = detector

    @activity.defn
    async def execute_tool(self, given: ExecuteToolInput) -> ToolExecution:
        """Call the tool; hide small counts, personal data and secrets. A ToolError becomes a warning.

        Raises ToolServiceError, for another attempt, while attempts are left.
        """
        clock = StepClock()
        request = ToolRequest(tenant_id=given.tenant_id, idempotency_key=given.idempotency_key, call=given.call)
        try:
            output = await self._runner.run(request)
            shown = present(self._definition(given.call.tool), output.data, given.policy, self._detector)
        except ToolError as error:
            if error.retryable and activity.info().attempt < ATTEMPTS:
                raise
            warning = AnswerWarning(
                code=error.code, message=redacted_start(error.message, _LONGEST_MESSAGE, given.policy.redaction)
            )
            return ToolExecution(
                call=given.call, warning=warning, envelopes=(_envelope(clock, given, {"failed": error.code}),)
            )
        result = _result(output, shown, round(clock.elapsed_ms, 1))
        decided: dict[str, JsonValue] = {
            **result.meta.model_dump(mode="json"),
            "suppressed": shown.suppressed,
            "complements": shown.complements,
            "smallest_count": given.policy.smallest_count,
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


def untold_envelopes(executions: Sequence[ToolExecution], policy: PinnedPolicy) -> tuple[Envelope, ...]:
    """What the steps of calls that failed without a word would have said: that the tool was called, and failed."""
    clock = StepClock()
    return tuple(
        _sealed(clock, one.call, policy, {"failed": one.warning.code})
        for one in executions
        if not one.envelopes and one.warning is not None
    )


def _suspicious(given: ExecuteToolInput, shown: Presented) -> AnswerWarning | None:
    if not shown.suspicious:
        return None
    rules = ", ".join(shown.suspicious)
    message = f"Texts from {given.call.tool} try to give orders and were withheld (rule {rules})."
    return AnswerWarning(code="tool_text_suspicious", message=message)


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
    key: dict[str, JsonValue] = {"idempotency_key": given.idempotency_key}
    return _sealed(clock, given.call, given.policy, decided, key)


def _sealed(
    clock: StepClock,
    call: PlannedCall,
    policy: PinnedPolicy,
    decided: dict[str, JsonValue],
    also_given: Mapping[str, JsonValue] = MappingProxyType({}),
) -> Envelope:
    return clock.seal(
        AuditKind.TOOL_CALLED,
        given={
            "tool": call.tool,
            "arguments": shown_arguments(call, policy.redaction),
            "defaulted": list(call.defaulted),
            **also_given,
        },
        decided={**decided, "rules": [*call.rule_ids, *policy.rule_ids]},
        versions={f"pack/{call.pack_id}": call.pack_digest, **policy.versions},
    )
