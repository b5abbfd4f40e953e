"""When to try again, and after how long. Only decides; transports send and sleep."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

from answerable_sdk.errors import UnreachableError

_TRY_AGAIN: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class RetryPolicy:
    """``attempts`` in all; pauses in seconds double from ``first_pause`` up to ``longest_pause``, with jitter.

    A Retry-After of the server is honoured, up to ``longest_retry_after``.
    """

    attempts: int = 8
    first_pause: float = 0.25
    longest_pause: float = 5.0
    longest_retry_after: float = 60.0


class Attempts:
    """The attempts of one request. Its key stays the same, so whatever an attempt did is done once."""

    def __init__(self, policy: RetryPolicy, jitter: Callable[[], float] = random.random) -> None:
        self._policy = policy
        self._jitter = jitter
        self._made = 0

    def pause_after_response(self, response: httpx.Response) -> float | None:
        """Seconds to wait before trying again; None to take the response as it is."""
        self._made += 1
        if response.status_code not in _TRY_AGAIN or self._made >= self._policy.attempts or _is_final(response):
            return None
        return max(self._backoff(), self._retry_after(response))

    def pause_after_error(self, error: httpx.TransportError, url: str) -> float:
        """Seconds to wait before trying again. Raises UnreachableError after the last attempt."""
        self._made += 1
        if self._made >= self._policy.attempts:
            raise UnreachableError(
                f"{url} does not answer ({type(error).__name__}, {self._made} attempts). "
                "Check the address and that the server is running."
            ) from error
        return self._backoff()

    def _backoff(self) -> float:
        pause = min(self._policy.longest_pause, self._policy.first_pause * 2.0 ** (self._made - 1))
        return pause * (0.5 + self._jitter() / 2)

    def _retry_after(self, response: httpx.Response) -> float:
        wanted = response.headers.get("retry-after", "")
        return min(float(wanted), self._policy.longest_retry_after) if wanted.isdigit() else 0.0


def _is_final(response: httpx.Response) -> bool:
    """A failed turn is recorded: the same key gets the same failure however often it is sent."""
    return b'"code":"turn_failed"' in response.content
