"""A small memory of query vectors: the same question often comes again."""

from collections import OrderedDict
from threading import Lock


class QueryCache:
    """Keeps the most recently used ``capacity`` vectors. Safe to use from several threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._vectors: OrderedDict[str, tuple[float, ...]] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str) -> tuple[float, ...] | None:
        with self._lock:
            vector = self._vectors.get(text)
            if vector is not None:
                self._vectors.move_to_end(text)
            return vector

    def put(self, text: str, vector: tuple[float, ...]) -> None:
        with self._lock:
            self._vectors[text] = vector
            self._vectors.move_to_end(text)
            while len(self._vectors) > self._capacity:
                self._vectors.popitem(last=False)
