"""Leaving an outside system alone while it fails, and how often a failed call may be repeated.

Both are told the time: they read no clock.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

Clock = Callable[[], float]
"""Seconds that only ever grow."""


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    """One trial call is allowed; its outcome closes or opens the breaker."""


class CircuitBreaker:
    """Opens after ``threshold`` failures in a row, and lets one call try again ``rest`` seconds later.

    Not thread-safe: for one event loop. Every ``allows`` that returned True is followed by ``succeeded``,
    ``failed`` or ``abandoned``.
    """

    def __init__(self, clock: Clock, *, threshold: int = 5, rest: float = 30.0) -> None:
        self._clock = clock
        self._threshold = threshold
        self._rest = rest
        self._failures = 0
        self._rests_until: float | None = None
        self._trying = False

    @property
    def state(self) -> BreakerState:
        if self._rests_until is None:
            return BreakerState.CLOSED
        return BreakerState.HALF_OPEN if self._clock() >= self._rests_until else BreakerState.OPEN

    def allows(self) -> bool:
        """Whether a call may be made now; after a rest, True for one caller until its outcome is known."""
        state = self.state
        if state is BreakerState.HALF_OPEN and not self._trying:
            self._trying = True
            return True
        return state is BreakerState.CLOSED

    def succeeded(self) -> None:
        self._failures, self._rests_until, self._trying = 0, None, False

    def failed(self, *, rest: float = 0.0) -> None:
        """Count a failure. ``rest``: the seconds for which the system itself asked to be left alone, if it did."""
        self._failures += 1
        if self._trying or self._failures >= self._threshold:
            rest = max(rest, self._rest)
        if rest > 0:
            self._rests_until = self._clock() + rest
        self._trying = False

    def abandoned(self) -> None:
        """The outcome stays unknown, for example because the caller was cancelled."""
        self._trying = False


class RetryBudget:
    """Keeps repeats to a share of the calls, so that an outage is not met with twice the load.

    Each call earns ``share`` of a repeat, of which at most ``most`` are saved up; one is there at the start.
    """

    _ONE: Final = 1.0

    def __init__(self, *, share: float = 0.1, most: float = 10.0) -> None:
        self._share = share
        self._most = most
        self._saved = self._ONE

    def earn(self) -> None:
        self._saved = min(self._most, self._saved + self._share)

    def spend(self) -> bool:
        """Take one repeat; False when there is none left."""
        if self._saved < self._ONE:
            return False
        self._saved -= self._ONE
        return True
