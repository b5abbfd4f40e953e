"""Waiting for what takes longer than a request: how long to pause, and when to give up. Sleeps nowhere itself."""

import time
from collections.abc import Callable
from typing import Final

from answerable_sdk.errors import TurnFailedError, WaitTimeoutError
from answerable_sdk.models import ChatResponse, Turn

_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 2.0


class Wait:
    """Pauses that grow from 0.2 to 2 seconds, until ``timeout`` seconds are over."""

    def __init__(self, what: str, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._clock = clock
        self._deadline = clock() + timeout
        self._pause = _FIRST_PAUSE

    def next_pause(self) -> float:
        """Seconds to wait before looking again. Raises WaitTimeoutError when the time is over."""
        left = self._deadline - self._clock()
        if left <= 0:
            raise WaitTimeoutError(f"{self._what} still runs. It goes on; look again later.")
        pause, self._pause = self._pause, min(_LONGEST_PAUSE, self._pause * 1.5)
        return min(pause, left)


def response_of(turn: Turn) -> ChatResponse | None:
    """The answer of a closed turn; None while it runs. Raises TurnFailedError."""
    if turn.failure is not None:
        failure = turn.failure
        raise TurnFailedError(500, failure.code, failure.message, failure.details, None)
    return turn.response
