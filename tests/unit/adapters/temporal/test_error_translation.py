"""What an activity's error becomes on its way into a history."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.failure.v1 import Failure as RecordedFailure
from temporalio.converter import DefaultFailureConverter, DefaultPayloadConverter
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from adapters.temporal.error_translation import ATTEMPTS_AT_A_DEFECT, ErrorTranslation
from domain.errors import AnswerableError, DatabaseUnavailableError
from domain.knowledge.errors import EmptyDocumentError
from domain.search.errors import EmbedderUnavailableError

DRIVER_SAYS = "Failing row contains (Alice Example, alice@example.org)."


class Raising(ActivityInboundInterceptor):
    """A step that fails because a driver did."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's names
        raise self._error from RuntimeError(DRIVER_SAYS)


async def translated(error: Exception, *, attempt: int = 1, limit: timedelta | None = None) -> ApplicationError:
    step = ActivityEnvironment()
    step.info = dataclasses.replace(step.info, attempt=attempt, schedule_to_close_timeout=limit)
    interceptor = ErrorTranslation().intercept_activity(Raising(error))
    given = ExecuteActivityInput(fn=translated, args=(), executor=None, headers={})
    with pytest.raises(ApplicationError) as raised:
        await step.run(interceptor.execute_activity, given)
    return raised.value


@pytest.mark.parametrize("error", [DatabaseUnavailableError("Try again."), ValueError("a defect")])
async def test_a_history_keeps_nothing_of_what_a_driver_said(error: Exception) -> None:
    failure = RecordedFailure()
    DefaultFailureConverter().to_failure(await translated(error), DefaultPayloadConverter(), failure)
    assert "Alice" not in str(failure)
    assert "a defect" not in str(failure)


@pytest.mark.parametrize(
    ("error", "is_final"), [(DatabaseUnavailableError("Try again."), False), (EmptyDocumentError("No text."), True)]
)
async def test_an_error_says_itself_whether_it_is_worth_another_try(error: AnswerableError, is_final: bool) -> None:
    assert (await translated(error)).non_retryable is is_final


@pytest.mark.parametrize("defect", [lambda: ValueError("odd"), lambda: AnswerableError("The database refused.")])
async def test_a_defect_is_given_up_after_a_few_attempts_but_never_where_a_record_would_be_lost(
    defect: Callable[[], Exception],
) -> None:
    minute = timedelta(minutes=1)
    assert not (await translated(defect(), attempt=1, limit=minute)).non_retryable
    assert (await translated(defect(), attempt=ATTEMPTS_AT_A_DEFECT, limit=minute)).non_retryable
    assert not (await translated(defect(), attempt=ATTEMPTS_AT_A_DEFECT)).non_retryable


async def test_a_service_is_left_alone_for_as_long_as_it_asks() -> None:
    busy = await translated(EmbedderUnavailableError("Busy.", retry_after=7.0, status=429))
    silent = await translated(EmbedderUnavailableError("Busy.", status=503))

    assert busy.next_retry_delay == timedelta(seconds=7)
    assert silent.next_retry_delay is None
    assert not busy.non_retryable
    assert not silent.non_retryable
