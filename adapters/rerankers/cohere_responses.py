"""What comes back from Cohere: scores that are checked, or a fault of one of our kinds.

Nothing of a response is quoted in an error: it may hold the question, passages or headers.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import httpx
from cohere.core.api_error import ApiError
from cohere.core.parse_error import ParsingError
from pydantic import Field, TypeAdapter, ValidationError

from adapters.retry_after import retry_after_seconds
from domain.base import Value
from domain.search.errors import RerankerUnavailableError
from domain.search.reranking import RerankFault


class _Scored(Value):
    index: int = Field(strict=True, ge=0)
    relevance_score: float = Field(ge=0, le=1, allow_inf_nan=False)


_RESULTS: Final = TypeAdapter(list[_Scored])


def relevance_of(response: object, count: int) -> tuple[float, ...]:
    """The scores by candidate. Raises RerankerUnavailableError unless each of ``count`` has exactly one."""
    try:
        # The client builds its models without checking them.
        results = _RESULTS.validate_python(getattr(response, "results", None), from_attributes=True)
    except ValidationError:
        raise RerankerUnavailableError(RerankFault.INVALID_RESPONSE) from None
    scores = {result.index: result.relevance_score for result in results}
    if len(results) != count or set(scores) != set(range(count)):
        raise RerankerUnavailableError(RerankFault.INVALID_RESPONSE)
    return tuple(scores[number] for number in range(count))


@contextmanager
def translated() -> Iterator[None]:
    """Turn the client's errors into RerankerUnavailableError, without their texts."""
    try:
        yield
    except ApiError as error:
        raise _of_status(error.status_code or 0, error.headers or {}) from None
    except httpx.TimeoutException:
        raise RerankerUnavailableError(RerankFault.TIMEOUT) from None
    except (httpx.NetworkError, httpx.RemoteProtocolError):
        raise RerankerUnavailableError(RerankFault.UNREACHABLE) from None
    except (httpx.HTTPError, httpx.InvalidURL, ParsingError, TypeError, ValueError, AttributeError):
        raise RerankerUnavailableError(RerankFault.INVALID_RESPONSE) from None


def _of_status(status: int, headers: Mapping[str, str]) -> RerankerUnavailableError:
    rest = retry_after_seconds(headers)
    if status == 429:
        return RerankerUnavailableError(RerankFault.RATE_LIMITED, rest=rest)
    if status >= 500:
        return RerankerUnavailableError(RerankFault.PROVIDER_FAILED, rest=rest)
    # A success that is no JSON arrives as an error too.
    return RerankerUnavailableError(RerankFault.REJECTED if status >= 400 else RerankFault.INVALID_RESPONSE)
