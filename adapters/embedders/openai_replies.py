"""What comes back from an embedding service: vectors that are checked, or an error of ours.

Nothing of a response is quoted in an error: it may hold texts, headers or the key.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
from openai import APIConnectionError, APIResponseValidationError, APIStatusError, APITimeoutError, OpenAIError
from pydantic import Field, TypeAdapter, ValidationError

from adapters.embedders.vectors import Vectors, normalised
from adapters.retry_after import retry_after_seconds
from domain.base import Value
from domain.errors import AnswerableError
from domain.search.errors import EmbedderRejectedError, EmbedderReplyInvalidError, EmbedderUnavailableError

_WORTH_ANOTHER_TRY: Final = frozenset({408, 409, 425, 429})
# Comes as 429 too, but no waiting fixes it.
_USED_UP: Final = "insufficient_quota"


class _Embedded(Value):
    index: int = Field(strict=True, ge=0)
    embedding: list[float] = Field(strict=True)


_DATA: Final = TypeAdapter(list[_Embedded])


def vectors_of(response: object, count: int, dimension: int) -> Vectors:
    """One normalised row for each of ``count`` texts, in their order. Raises EmbedderReplyInvalidError."""
    try:
        # The client builds its models without checking them, and returns a page of HTML as it is.
        data = _DATA.validate_python(getattr(response, "data", None), from_attributes=True)
    except ValidationError:
        raise EmbedderReplyInvalidError("The embedding service's reply holds no list of vectors.") from None
    rows = {row.index: row.embedding for row in data}
    if len(data) != count or set(rows) != set(range(count)):
        raise EmbedderReplyInvalidError(
            "The embedding service did not return one vector for each text.", texts=count, vectors=len(data)
        )
    if odd := {len(row) for row in rows.values()} - {dimension}:
        raise EmbedderReplyInvalidError(
            f"The embedding service returns vectors of {min(odd)} numbers, and EMBEDDINGS_DIMENSION says {dimension}. "
            "Set it to what the model returns, and re-embed datasets that hold other vectors.",
            returned=min(odd),
            wanted=dimension,
        )
    vectors = np.array([rows[number] for number in range(count)], dtype=np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    if not (np.isfinite(lengths).all() and (lengths > 0).all()):
        raise EmbedderReplyInvalidError("The embedding service returned a vector without a direction.")
    return normalised((vectors / lengths[:, None]).astype(np.float32))


@contextmanager
def translated() -> Iterator[None]:
    """Turn the client's errors into ours, by whether another try can help and without their texts."""
    try:
        yield
    except APIStatusError as error:
        raise _of_status(error) from None
    except (APITimeoutError, TimeoutError):
        raise EmbedderUnavailableError("The embedding service did not answer in time.", fault="timeout") from None
    except APIConnectionError:
        raise EmbedderUnavailableError("The embedding service cannot be reached.", fault="unreachable") from None
    except (APIResponseValidationError, OpenAIError, TypeError, ValueError, AttributeError):
        raise EmbedderReplyInvalidError("The embedding service's reply cannot be read as JSON.") from None


def _of_status(error: APIStatusError) -> AnswerableError:
    status = error.status_code
    if (status in _WORTH_ANOTHER_TRY or status >= 500) and error.code != _USED_UP:
        return EmbedderUnavailableError(
            f"The embedding service answered with status {status}; it may succeed later.",
            retry_after=retry_after_seconds(error.response.headers),
            status=status,
        )
    return EmbedderRejectedError(
        f"The embedding service refused the request with status {status}. "
        "Check EMBEDDINGS_BASE_URL, EMBEDDINGS_API_KEY and EMBEDDINGS_MODEL, and the account's quota.",
        status=status,
    )
