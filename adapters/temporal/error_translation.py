"""Carries domain errors across the activity boundary."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.audit.envelope import Envelope, StoppedPartwayError
from domain.errors import AnswerableError, DependencyUnavailableError, Failure

_log = structlog.get_logger(__name__)
ATTEMPTS_AT_A_DEFECT: Final = 4
# A server may fill in ten years where no limit was given.
_LIMITLESS: Final = timedelta(days=365)


class ErrorTranslation(Interceptor):
    """Every activity error becomes an ApplicationError that says its code and whether to try again.

    The cause is left out: a history keeps the messages of a whole chain of causes, and a driver's or a validator's
    quotes addresses, rows and documents. The log has it.
    """

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Translating(next)


class _Translating(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's names
        try:
            return await self.next.execute_activity(input)
        except (ApplicationError, CancelledError):
            raise
        except StoppedPartwayError as stopped:
            raise _translated(stopped.cause, stopped.envelopes) from None
        except Exception as error:  # noqa: BLE001 - none is swallowed: each is logged and raised as data
            raise _translated(error) from None


def _translated(error: Exception, decided: tuple[Envelope, ...] = ()) -> ApplicationError:
    """``decided`` goes along as the second detail, where ``adapters.temporal.history`` finds it."""
    translated = _known(error) if isinstance(error, AnswerableError) else _unknown(error)
    if not decided:
        return translated
    envelopes = [envelope.model_dump(mode="json") for envelope in decided]
    return ApplicationError(
        translated.message,
        *translated.details,
        {"envelopes": envelopes},
        type=translated.type,
        non_retryable=translated.non_retryable,
        next_retry_delay=translated.next_retry_delay,
    )


def _known(error: AnswerableError) -> ApplicationError:
    info = activity.info()
    # An error of no kind is what an adapter makes of a defect, such as a column that is not there yet.
    final = _gives_up_on_defects(info) if type(error) is AnswerableError else not error.retryable
    return ApplicationError(
        error.message,
        error.as_failure().model_dump(mode="json"),
        type=error.code,
        non_retryable=final or _is_out_of_time(info),
        next_retry_delay=_delay(error),
    )


def _delay(error: AnswerableError) -> timedelta | None:
    """As long as the service asks for; None leaves it to the step's own policy."""
    seconds = error.retry_after if isinstance(error, DependencyUnavailableError) else 0.0
    return timedelta(seconds=seconds) if seconds else None


def _unknown(error: Exception) -> ApplicationError:
    """What nobody raised on purpose is a defect or a fluke: tried a few times, then an explicit failure. Steps that
    are tried until they succeed outlive a defect, so that a repaired worker can finish them."""
    info = activity.info()
    _log.error(
        "step_failed_unexpectedly",
        exc_info=error,
        step=info.activity_type,
        attempt=info.attempt,
        workflow_id=info.workflow_id,
    )
    failure = Failure(
        code="internal_error",
        message="A step failed unexpectedly. The worker's log has the cause.",
        details={"step": info.activity_type, "error_type": type(error).__name__},
    )
    return ApplicationError(
        failure.message,
        failure.model_dump(mode="json"),
        type=failure.code,
        non_retryable=_gives_up_on_defects(info) or _is_out_of_time(info),
    )


def _gives_up_on_defects(info: activity.Info) -> bool:
    return info.attempt >= ATTEMPTS_AT_A_DEFECT and not _tried_until_it_succeeds(info)


def _tried_until_it_succeeds(info: activity.Info) -> bool:
    limit = info.schedule_to_close_timeout
    return limit is None or limit > _LIMITLESS


def _is_out_of_time(info: activity.Info) -> bool:
    """Whether a local step has used up all its time: the SDK (1.35) goes on trying it, against its own contract."""
    limit = info.schedule_to_close_timeout
    return info.is_local and limit is not None and datetime.now(UTC) - info.scheduled_time >= limit
