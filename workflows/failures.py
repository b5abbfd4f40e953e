"""What a failed step left behind, as data that can be recorded."""

from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception
from temporalio.exceptions import TimeoutError as StepTimeoutError

from domain.audit.envelope import Envelope
from domain.errors import Failure


def failure_of(error: BaseException) -> Failure:
    """Return the domain failure that a step's error carries.

    Activities raise domain errors; the worker's interceptor turns each into an ApplicationError whose first detail
    is the Failure. What has none is a timeout, a cancellation or a defect.
    """
    cause = error.cause if isinstance(error, ActivityError) else error
    if isinstance(cause, ApplicationError):
        return _from_application_error(cause)
    if is_cancelled_exception(error):
        return Failure(code="cancelled", message="The work was cancelled before it was done.")
    if isinstance(cause, StepTimeoutError):
        return Failure(
            code="step_timeout",
            message="A step took longer than it may. Try again; if it happens again, look at the worker's log.",
        )
    return Failure(code="internal_error", message="A step failed unexpectedly. The worker's log has the cause.")


def decided_before(error: BaseException) -> tuple[Envelope, ...]:
    """What the step had decided when the error stopped it."""
    cause = error.cause if isinstance(error, ActivityError) else error
    details = cause.details if isinstance(cause, ApplicationError) else ()
    sealed = (one["envelopes"] for one in details if isinstance(one, dict) and "envelopes" in one)
    return tuple(Envelope.model_validate(envelope) for envelope in next(sealed, ()))


def _from_application_error(error: ApplicationError) -> Failure:
    for detail in error.details:
        if isinstance(detail, dict) and "code" in detail:
            return Failure.model_validate(detail)
    return Failure(code="internal_error", message="A step failed unexpectedly. The worker's log has the cause.")
