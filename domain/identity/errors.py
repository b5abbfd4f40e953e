"""What is refused because of who asks."""

from domain.errors import AnswerableError


class NotAuthenticatedError(AnswerableError):
    code, status = "not_authenticated", 401


class PermissionDeniedError(AnswerableError):
    code, status = "permission_denied", 403


class ForgedRequestError(AnswerableError):
    """A workflow that the API did not start, or was given something else than the API signed, asked for a step."""

    code, status = "forged_request", 403
