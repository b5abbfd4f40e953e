"""What a call of a tool came to."""

from domain.answers.answer import ActionTaken, AnswerWarning
from domain.audit.envelope import Envelope
from domain.base import JsonValue, Value
from domain.guardrails.redaction import redact
from domain.packs.tool import PlannedCall, ToolResult
from domain.policy.redaction_profile import RedactionProfile


class ToolExecution(Value):
    """What a call came to: a result, or a ``warning`` that says why there is none, or that something is withheld."""

    call: PlannedCall
    result: ToolResult | None = None
    warning: AnswerWarning | None = None
    envelopes: tuple[Envelope, ...] = ()

    def as_action(self, profile: RedactionProfile) -> ActionTaken:
        """The call as the answer lists it, without what ``profile`` hides."""
        meta: dict[str, JsonValue] = self.result.meta.model_dump(mode="json") if self.result else {}
        if self.warning is not None and self.result is None:
            meta["error"] = self.warning.code
        return ActionTaken(tool=self.call.tool, args=shown_arguments(self.call, profile), result_meta=meta)


def shown_arguments(call: PlannedCall, profile: RedactionProfile) -> dict[str, JsonValue]:
    """Without what ``profile`` hides."""
    return {
        name: redact(value, profile).text if isinstance(value, str) else value for name, value in call.arguments.items()
    }
