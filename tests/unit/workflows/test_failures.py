"""What a failed step leaves behind, as a failure that can be recorded."""

import asyncio

import pytest
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    FailureError,
    RetryState,
    TimeoutType,
)
from temporalio.exceptions import TimeoutError as StepTimeoutError

from domain.knowledge.errors import EmptyDocumentError
from workflows.failures import failure_of

KNOWN = EmptyDocumentError("Nothing in it.", name="a.md").as_failure()
TRANSLATED = ApplicationError(KNOWN.message, KNOWN.model_dump(mode="json"), type=KNOWN.code)


def step_error(cause: BaseException) -> ActivityError:
    error = ActivityError(
        "Activity task failed",
        scheduled_event_id=5,
        started_event_id=6,
        identity="worker",
        activity_type="parse_document",
        activity_id="1",
        retry_state=RetryState.NON_RETRYABLE_FAILURE,
    )
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("error", [TRANSLATED, step_error(TRANSLATED)], ids=["local step", "regular step"])
def test_a_domain_error_comes_back_as_the_failure_that_it_was(error: FailureError) -> None:
    assert failure_of(error) == KNOWN


@pytest.mark.parametrize(
    "error", [asyncio.CancelledError(), CancelledError(), step_error(CancelledError())], ids=lambda e: type(e).__name__
)
def test_a_cancellation_is_told_from_a_failure(error: BaseException) -> None:
    assert failure_of(error).code == "cancelled"


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_step_that_took_too_long_says_so(wrapped: bool) -> None:
    late = StepTimeoutError("late", type=TimeoutType.START_TO_CLOSE, last_heartbeat_details=[])
    assert failure_of(step_error(late) if wrapped else late).code == "step_timeout"


@pytest.mark.parametrize(
    "error",
    [
        ApplicationError("private text", type="Surprise"),
        step_error(ApplicationError("private text", "no dictionary", type="Surprise")),
        ApplicationError("private text", {"other": 1}),
    ],
)
def test_what_nobody_raised_on_purpose_shows_nothing_of_its_message(error: FailureError) -> None:
    failure = failure_of(error)
    assert failure.code == "internal_error"
    assert "private text" not in failure.model_dump_json()
