"""Every timeout and retry policy, by name.

Only what an error says of itself stops its retries: errors that cannot fix themselves reach the workflow as
non-retryable, so no policy lists types.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType


@dataclass(frozen=True)
class LocalOptions:
    """How a local activity is tried: each attempt for ``attempt``, all together for ``altogether``; None means until
    it succeeds."""

    attempt: timedelta
    altogether: timedelta | None
    retry: RetryPolicy
    cancellation: ActivityCancellationType = ActivityCancellationType.TRY_CANCEL

    def as_kwargs(self) -> dict[str, Any]:
        return {
            "start_to_close_timeout": self.attempt,
            "schedule_to_close_timeout": self.altogether,
            "retry_policy": self.retry,
            "cancellation_type": self.cancellation,
        }


@dataclass(frozen=True)
class RegularOptions:
    """How a regular activity is tried. ``altogether`` None means until it succeeds; ``heartbeat`` bounds how long
    a dead worker goes unnoticed."""

    attempt: timedelta
    altogether: timedelta | None
    retry: RetryPolicy
    heartbeat: timedelta | None = None
    cancellation: ActivityCancellationType = ActivityCancellationType.TRY_CANCEL

    def as_kwargs(self) -> dict[str, Any]:
        return {
            "start_to_close_timeout": self.attempt,
            "schedule_to_close_timeout": self.altogether,
            "heartbeat_timeout": self.heartbeat,
            "retry_policy": self.retry,
            "cancellation_type": self.cancellation,
        }


_QUICK_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=3),
)
_PATIENT_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=15),
)

DECIDE: Final = LocalOptions(attempt=timedelta(seconds=10), altogether=timedelta(seconds=60), retry=_QUICK_RETRY)
"""A step of a turn that reads and decides; a person is waiting."""

RERANK: Final = RegularOptions(attempt=timedelta(seconds=12), altogether=timedelta(seconds=25), retry=_QUICK_RETRY)
"""Asking somebody else's service for a better order; without it the turn goes on with the order that it has."""

EXECUTE_TOOL: Final = RegularOptions(
    attempt=timedelta(seconds=20),
    altogether=timedelta(seconds=45),
    retry=RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(seconds=1),
        maximum_attempts=3,
    ),
)
"""One call of a tool while a person waits. Its own limit is shorter; this one ends what lost its worker."""

RECORD: Final = RegularOptions(attempt=timedelta(seconds=5), altogether=None, retry=_QUICK_RETRY)
"""Storing what the history already holds: tried until it succeeds, for the answer must not be lost."""

SEARCH: Final = RegularOptions(attempt=timedelta(seconds=10), altogether=timedelta(seconds=30), retry=_QUICK_RETRY)
"""Looking for passages; somebody waits for the list."""

TUNE: Final = RegularOptions(attempt=timedelta(minutes=1), altogether=timedelta(minutes=10), retry=_QUICK_RETRY)
"""Learning from feedback; given up after a while, for the next day's run learns from the same feedback."""

REGISTER: Final = LocalOptions(attempt=timedelta(seconds=5), altogether=None, retry=_QUICK_RETRY)
"""Accepting a version while a client waits. Never given up half-way: a client that stopped waiting uploads again and
finds the version that this made."""

ACQUIRE: Final = LocalOptions(
    attempt=timedelta(seconds=40),
    altogether=timedelta(hours=8),
    retry=_PATIENT_RETRY,
    cancellation=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
)
"""Looking whether a document's bytes are there: one request to the store."""

PROCESS: Final = RegularOptions(
    attempt=timedelta(hours=2),
    altogether=timedelta(hours=8),
    retry=_PATIENT_RETRY,
    heartbeat=timedelta(seconds=6),
    cancellation=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
)
"""A step of an ingest: may be long, and heartbeats every second. When it is cancelled, its end is awaited, so that it
cannot leave behind what clean-up has just removed."""

REMOVE: Final = RegularOptions(
    attempt=timedelta(minutes=2), altogether=None, retry=_QUICK_RETRY, heartbeat=timedelta(seconds=6)
)
"""Taking a document out of the answers: never given up half-way, for a client that stopped waiting was promised it."""

SETTLE: Final = RegularOptions(attempt=timedelta(seconds=10), altogether=None, retry=_PATIENT_RETRY)
"""Ending an ingest in its terminal state: tried until it succeeds, so that no ingest sticks."""

TIDY: Final = RegularOptions(
    attempt=timedelta(minutes=5),
    altogether=timedelta(minutes=30),
    retry=_PATIENT_RETRY,
    heartbeat=timedelta(seconds=6),
)
"""Removing temporary files; given up without failing the ingest."""

SWEEP: Final = RegularOptions(
    attempt=timedelta(minutes=5),
    altogether=timedelta(minutes=30),
    retry=_PATIENT_RETRY,
    heartbeat=timedelta(seconds=6),
)
"""One page of a sweep; given up after half an hour, for the next sweep looks at everything again."""

FIRST_VERSION_WAIT: Final = timedelta(minutes=5)
"""How long an ingest that was started without a version waits for one."""
