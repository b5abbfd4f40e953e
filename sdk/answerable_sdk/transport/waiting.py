"""Waiting for what takes longer than a request: how long to pause, and when to give up. Sleeps nowhere itself."""

import time
from collections.abc import Callable
from typing import Final

from answerable_sdk.errors import WaitTimeoutError

_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 2.0
_SHARE: Final = 0.1


class Wait:
    """Pauses of a tenth of the time waited so far, between 0.2 and 2 seconds, until ``timeout`` seconds are over: so an
    end is noticed soon, relative to how long it took."""

    def __init__(self, what: str, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._clock = clock
        self._begun = clock()
        self._deadline = self._begun + timeout

    def next_pause(self) -> float:
        """Seconds to wait before looking again. Raises WaitTimeoutError when the time is over."""
        now = self._clock()
        left = self._deadline - now
        if left <= 0:
            raise WaitTimeoutError(f"{self._what} is still running. It goes on; look again later.")
        return min(max(_FIRST_PAUSE, (now - self._begun) * _SHARE), _LONGEST_PAUSE, left)
