"""A memory that is bounded by bytes: what was read of a passage is as large as a picture."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    @property
    def nbytes(self) -> int: ...


Kept = TypeVar("Kept", bound=Sized)


class ReadingCache(Generic[Kept]):
    """Keeps the most recently used values, ``most_bytes`` in all. Safe to use from several threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._values: OrderedDict[Hashable, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    @property
    def nbytes(self) -> int:
        return self._bytes

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: Kept) -> None:
        """What is larger than the whole memory is not kept."""
        with self._lock:
            if key in self._values:
                self._bytes -= self._values.pop(key).nbytes
            if value.nbytes > self._most_bytes:
                return
            self._values[key] = value
            self._bytes += value.nbytes
            while self._bytes > self._most_bytes:
                self._bytes -= self._values.popitem(last=False)[1].nbytes
