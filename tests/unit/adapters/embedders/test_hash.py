"""The embedder without a model."""

import numpy as np
import pytest

from adapters.embedders.hash import HashEmbedder


def rows(content: bytes, dimension: int = 256) -> np.ndarray:
    return np.frombuffer(content, dtype="<f4").reshape(-1, dimension)


def test_vectors_are_normalised_even_those_of_empty_texts() -> None:
    vectors = rows(HashEmbedder().embed_spans_sync(["Rotate a key", "", "?!", "key " * 500]))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_the_same_words_give_the_same_vector_in_every_process() -> None:
    vector = HashEmbedder(8).embed_query_sync("rotate")
    assert [round(number, 4) for number in vector] == [0.0, 0.0, -0.7071, 0.0, 0.0, -0.7071, 0.0, 0.0]


async def test_async_and_sync_agree_and_queries_are_embedded_like_spans() -> None:
    embedder = HashEmbedder()
    query = await embedder.embed_query("Rotate a key")
    assert query == embedder.embed_query_sync("Rotate a key")
    assert await embedder.embed_spans(["Rotate a key"]) == np.array(query, dtype="<f4").tobytes()


def test_a_text_is_nearer_to_one_that_shares_its_words() -> None:
    embedder = HashEmbedder()
    query = np.array(embedder.embed_query_sync("rotating keys"))
    near, far = rows(embedder.embed_spans_sync(["Rotate the key of a service", "Invite a member"])) @ query
    assert near > far + 0.1


def test_no_texts_give_no_bytes() -> None:
    assert HashEmbedder().embed_spans_sync([]) == b""


def test_the_model_s_name_tells_the_dimension() -> None:
    assert (HashEmbedder(64).model, HashEmbedder(64).dimension) == ("hash-64", 64)


def test_a_dimension_too_small_to_tell_words_apart_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 8"):
        HashEmbedder(4)
