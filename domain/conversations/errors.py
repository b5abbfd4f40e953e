"""Errors about conversations and turns."""

from domain.errors import AnswerableError, NotFoundError


class SessionNotFoundError(NotFoundError):
    code = "session_not_found"


class HistoryExpiredError(AnswerableError):
    """The turn exists, but its workflow history is past its retention."""

    code, status = "history_expired", 410


class TurnFailedError(AnswerableError):
    """The turn ended in an explicit failure; ``details`` holds its trace_id and the cause."""

    code, status = "turn_failed", 500
