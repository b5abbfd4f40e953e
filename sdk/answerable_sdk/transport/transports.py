"""The two ways of performing steps: blocking, and awaited. Nothing else in this package differs between them."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from answerable_sdk.transport.call import Call
from answerable_sdk.transport.connection import Connection
from answerable_sdk.transport.steps import Batch, Exchange, Items, Pause, Steps, Stream

Result = TypeVar("Result")


@dataclass(frozen=True)
class _StreamEnd:
    """Follows the items of a stream: an asynchronous generator cannot return."""

    exchange: Exchange


class SyncTransport:
    """Performs steps in the caller's thread."""

    def __init__(
        self, connection: Connection, transport: httpx.BaseTransport | None, sleep: Callable[[float], None]
    ) -> None:
        self.connection = connection
        self._http = httpx.Client(transport=transport, **connection.http_arguments())
        self._sleep = sleep

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def run(self, steps: Steps[Result]) -> Result:
        """The result of a method."""
        reply: Exchange | None = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as end:
                result: Result = end.value
                return result
            reply = self._perform(step)

    def iterate(self, items: Items[Result]) -> Generator[Result, None, None]:
        """The results of a method, as they come."""
        reply: Exchange | None = None
        while True:
            try:
                step = items.send(reply)
            except StopIteration:
                return
            if isinstance(step, Batch):
                reply = None
                yield from step.items
            elif isinstance(step, Stream):
                reply = yield from self._stream(step)
            else:
                reply = self._perform(step)

    def _perform(self, step: Call[Any] | Pause) -> Exchange | None:
        if isinstance(step, Pause):
            self._sleep(step.seconds)
            return None
        try:
            with step.arguments() as arguments:
                return self._http.request(**arguments)
        except httpx.TransportError as error:
            return error

    def _stream(self, stream: Stream[Result]) -> Generator[Result, None, Exchange]:
        try:
            with self._http.stream(**stream.arguments) as response:
                if response.is_error:
                    response.read()
                else:
                    for line in response.iter_lines():
                        if (item := stream.take(line)) is not None:
                            yield item
                return response
        except httpx.TransportError as error:
            return error


class AsyncTransport:
    """Performs steps on the caller's event loop."""

    def __init__(
        self,
        connection: Connection,
        transport: httpx.AsyncBaseTransport | None,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.connection = connection
        self._http = httpx.AsyncClient(transport=transport, **connection.http_arguments())
        self._sleep = sleep

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def run(self, steps: Steps[Result]) -> Result:
        """The result of a method."""
        reply: Exchange | None = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as end:
                result: Result = end.value
                return result
            reply = await self._perform(step)

    async def iterate(self, items: Items[Result]) -> AsyncGenerator[Result, None]:
        """The results of a method, as they come."""
        reply: Exchange | None = None
        while True:
            try:
                step = items.send(reply)
            except StopIteration:
                return
            if isinstance(step, Batch):
                reply = None
                for item in step.items:
                    yield item
            elif isinstance(step, Stream):
                async with aclosing(self._stream(step)) as parts:
                    async for part in parts:
                        if isinstance(part, _StreamEnd):
                            reply = part.exchange
                        else:
                            yield part
            else:
                reply = await self._perform(step)

    async def _perform(self, step: Call[Any] | Pause) -> Exchange | None:
        if isinstance(step, Pause):
            await self._sleep(step.seconds)
            return None
        try:
            with step.arguments() as arguments:
                return await self._http.request(**arguments)
        except httpx.TransportError as error:
            return error

    async def _stream(self, stream: Stream[Result]) -> AsyncGenerator[Result | _StreamEnd, None]:
        try:
            async with self._http.stream(**stream.arguments) as response:
                if response.is_error:
                    await response.aread()
                else:
                    async for line in response.aiter_lines():
                        if (item := stream.take(line)) is not None:
                            yield item
                end = _StreamEnd(response)
        except httpx.TransportError as error:
            end = _StreamEnd(error)
        yield end
