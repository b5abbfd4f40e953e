"""A memory that is bounded by bytes."""

from dataclasses import dataclass

from adapters.rerankers.reading_cache import ReadingCache


@dataclass
class Read:
    nbytes: int


def test_the_least_recently_used_leave_first() -> None:
    cache = ReadingCache[Read](100)
    for key in "abc":
        cache.put(key, Read(30))
    assert cache.get("a")
    cache.put("d", Read(40))
    assert [key for key in "abcd" if cache.get(key)] == ["a", "c", "d"]
    assert cache.nbytes == 100


def test_putting_again_replaces() -> None:
    cache = ReadingCache[Read](100)
    cache.put("a", Read(60))
    cache.put("a", Read(90))
    found = cache.get("a")
    assert (found and found.nbytes, cache.nbytes) == (90, 90)


def test_what_is_larger_than_the_memory_is_not_kept_and_evicts_nothing() -> None:
    cache = ReadingCache[Read](100)
    cache.put("a", Read(90))
    cache.put("b", Read(101))
    assert (cache.get("b"), cache.nbytes) == (None, 90)
    assert cache.get("a")
