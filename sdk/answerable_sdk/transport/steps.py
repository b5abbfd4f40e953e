"""What a method does, as a generator that yields each request and each pause, and is sent what came of it.

So every method, with its retries and its waiting, is written once; a transport performs the steps and decides whether
that blocks or is awaited (as httpx does with its authentication flows).
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import httpx

from answerable_sdk.transport.call import Call
from answerable_sdk.transport.connection import Connection
from answerable_sdk.transport.retries import Attempts

Result = TypeVar("Result")
Item_co = TypeVar("Item_co", covariant=True)


@dataclass(frozen=True)
class Pause:
    """Sleep for so many seconds. Sent back: None."""

    seconds: float


@dataclass(frozen=True)
class Stream(Generic[Item_co]):
    """Open a stream and pass each line to ``take``, whose items reach the caller at once. ``arguments`` are those of an
    httpx client's ``stream``. Sent back: the response after its last line, or the error that broke it off."""

    arguments: Mapping[str, Any]
    take: Callable[[str], Item_co | None]


@dataclass(frozen=True)
class Batch(Generic[Item_co]):
    """Give these items to the caller. Sent back: None."""

    items: tuple[Item_co, ...]


Exchange: TypeAlias = httpx.Response | httpx.TransportError
"""What came of one attempt."""

Steps: TypeAlias = Generator[Call[Any] | Pause, Any, Result]
"""The steps of a method with one result."""

Items: TypeAlias = Generator[Call[Any] | Pause | Stream[Result] | Batch[Result], Any, None]
"""The steps of a method with many results, one after another."""


def send(call: Call[Result], connection: Connection) -> Steps[Result]:
    """Make a call, as often as the retry policy allows. Raises ResponseError, UnreachableError."""
    attempts = Attempts(connection.retries)
    while True:
        exchange: Exchange = yield call
        if isinstance(exchange, httpx.TransportError):
            pause: float | None = attempts.pause_after_error(exchange, connection.url)
        else:
            pause = attempts.pause_after_response(exchange) if call.retried else None
            if pause is None:
                return call.parse(exchange)
        yield Pause(pause or 0.0)
