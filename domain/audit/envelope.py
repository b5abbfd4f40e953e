"""The record that a step leaves of what it was given and decided."""

from datetime import datetime
from enum import StrEnum

from domain.base import JsonValue, Value


class AuditKind(StrEnum):
    REQUEST_RECEIVED = "request_received"
    FOLLOW_UP_RESOLVED = "follow_up_resolved"
    INTENT_CLASSIFIED = "intent_classified"
    PACKS_SELECTED = "packs_selected"
    TOOLS_SELECTED = "tools_selected"
    TOOL_CALLED = "tool_called"
    RETRIEVAL_PERFORMED = "retrieval_performed"
    PASSAGES_RERANKED = "passages_reranked"
    ANSWER_COMPOSED = "answer_composed"
    OUTPUT_GUARDED = "output_guarded"
    BOOSTS_CHANGED = "boosts_changed"
    SEARCH_PERFORMED = "search_performed"
    RESPONSE_RETURNED = "response_returned"
    DENIED = "denied"
    FAILED = "failed"


class Envelope(Value):
    """What one step was given, what it decided and by which versions.

    ``given`` holds values where they are small and harmless, hashes or ids otherwise; never the text of a passage.
    """

    kind: AuditKind
    given: dict[str, JsonValue]
    decided: dict[str, JsonValue]
    versions: dict[str, str]
    started_at: datetime
    duration_ms: float


class StoppedPartwayError(Exception):
    """Carries what a step had decided when its cause stopped it, so that a failed step shows how far it came."""

    def __init__(self, cause: Exception, envelopes: tuple[Envelope, ...]) -> None:
        super().__init__(cause, envelopes)
        self.cause = cause
        self.envelopes = envelopes
