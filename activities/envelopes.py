"""The one place where envelopes are built: it holds the only clock that steps read."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from domain.audit.envelope import AuditKind, Envelope, StoppedPartwayError
from domain.base import JsonValue


class StepClock:
    """Times one step, from its construction to each envelope that it seals."""

    def __init__(self) -> None:
        self.started_at = datetime.now(UTC)
        self._started = time.perf_counter()

    @property
    def elapsed_ms(self) -> float:
        """Since its construction."""
        return round((time.perf_counter() - self._started) * 1000, 3)

    def seal(
        self,
        kind: AuditKind,
        *,
        given: dict[str, JsonValue],
        decided: dict[str, JsonValue],
        versions: dict[str, str] | None = None,
    ) -> Envelope:
        """Return the envelope of a decision; its duration runs from the start of the step until now."""
        return Envelope(
            kind=kind,
            given=given,
            decided=decided,
            versions=versions or {},
            started_at=self.started_at,
            duration_ms=self.elapsed_ms,
        )


@contextmanager
def collected_envelopes() -> Iterator[list[Envelope]]:
    """A place for the envelopes of a step of several parts. What stops the step takes those along that are there."""
    envelopes: list[Envelope] = []
    try:
        yield envelopes
    except Exception as error:
        if not envelopes:
            raise
        raise StoppedPartwayError(error, tuple(envelopes)) from error


def utc_now() -> datetime:
    return datetime.now(UTC)


def milliseconds_since(moment: datetime) -> float:
    """By the wall clock; ``moment`` has its time zone."""
    return (utc_now() - moment).total_seconds() * 1000
