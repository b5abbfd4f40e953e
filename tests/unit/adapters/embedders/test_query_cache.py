"""The memory of query vectors."""

from adapters.embedders.query_cache import QueryCache


def test_the_least_recently_used_vector_is_forgotten_first() -> None:
    cache = QueryCache(2)
    cache.put("a", (1.0,))
    cache.put("b", (2.0,))
    assert cache.get("a") == (1.0,)
    cache.put("c", (3.0,))
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ((1.0,), None, (3.0,))
