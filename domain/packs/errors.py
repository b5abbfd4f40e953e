"""Errors of packs and of calls of their tools."""

from domain.errors import AnswerableError, DependencyUnavailableError, NotFoundError


class PackNotFoundError(NotFoundError):
    code = "pack_not_found"


class ToolError(AnswerableError):
    """A call that cannot succeed however often it is tried."""

    code, status = "tool_failed", 422


class ToolNotFoundError(ToolError):
    code = "tool_not_found"


class ToolDeniedError(ToolError):
    code = "tool_denied"


class ToolUnavailableError(ToolError):
    """The tool needs something that this installation does not have."""

    code = "tool_unavailable"


class PackChangedError(ToolError):
    """The pack is not the one that the turn decided with."""

    code = "pack_changed"


class InvalidArgumentsError(ToolError):
    code = "invalid_arguments"


class ToolTimeoutError(ToolError):
    code = "tool_timeout"


class ToolReplyInvalidError(ToolError):
    """What came back is not what a tool may return."""

    code = "tool_reply_invalid"


class ToolReplyTooLargeError(ToolError):
    code = "tool_reply_too_large"


class ToolServiceError(ToolError, DependencyUnavailableError):
    """The service behind a tool did not answer; the same call may succeed later."""

    code, status, retryable = "tool_service_unavailable", 503, True
