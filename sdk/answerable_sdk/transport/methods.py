"""Methods that block in one client and are awaited in the other, from one definition.

A resource is generic in its transport. ``method`` and ``iterator`` are descriptors whose type depends on it, so type
checkers and editors see ``client.turns.get`` return a Turn in Answerable and an awaitable Turn in AsyncAnswerable.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from answerable_sdk.transport.call import Call
from answerable_sdk.transport.connection import Connection
from answerable_sdk.transport.steps import Items, Steps, send
from answerable_sdk.transport.transports import AsyncTransport, SyncTransport

Mode = TypeVar("Mode", bound=SyncTransport | AsyncTransport)
Params = ParamSpec("Params")
Result = TypeVar("Result")


class Resource(Generic[Mode]):
    """Methods that share a noun, over one transport."""

    def __init__(self, transport: Mode) -> None:
        self._transport = transport

    @property
    def _connection(self) -> Connection:
        return self._transport.connection

    def _send(self, call: Call[Result]) -> Steps[Result]:
        return send(call, self._connection)


class method(Generic[Params, Result]):  # noqa: N801 - a decorator, as property is
    """Decorates a function that returns ``Steps[Result]``: its callers get the result, or an awaitable of it."""

    def __init__(self, steps: Callable[Concatenate[Any, Params], Steps[Result]]) -> None:
        self._steps = steps
        self.__doc__ = steps.__doc__

    @overload
    def __get__(self, resource: None, owner: type) -> Self: ...
    @overload
    def __get__(self, resource: Resource[SyncTransport], owner: type) -> Callable[Params, Result]: ...
    @overload
    def __get__(
        self, resource: Resource[AsyncTransport], owner: type
    ) -> Callable[Params, Coroutine[Any, Any, Result]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        if resource is None:
            return self
        return _performed_by(resource._transport.run, MethodType(self._steps, resource))  # noqa: SLF001 - of one module


class iterator(Generic[Params, Result]):  # noqa: N801 - a decorator, as property is
    """Decorates a function that returns ``Items[Result]``: its callers get an iterator, or an asynchronous one."""

    def __init__(self, items: Callable[Concatenate[Any, Params], Items[Result]]) -> None:
        self._items = items
        self.__doc__ = items.__doc__

    @overload
    def __get__(self, resource: None, owner: type) -> Self: ...
    @overload
    def __get__(self, resource: Resource[SyncTransport], owner: type) -> Callable[Params, Iterator[Result]]: ...
    @overload
    def __get__(self, resource: Resource[AsyncTransport], owner: type) -> Callable[Params, AsyncIterator[Result]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        if resource is None:
            return self
        return _performed_by(resource._transport.iterate, MethodType(self._items, resource))  # noqa: SLF001 - of one module


def _performed_by(perform: Callable[[Any], Any], steps: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(steps)
    def call(*args: Any, **options: Any) -> Any:
        return perform(steps(*args, **options))

    return call
