"""The Idempotency-Key of a request, and what comes of using one twice."""

from typing import Annotated

from fastapi import Header

from domain.errors import IdempotencyConflictError

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$",
        description="1 to 255 printable ASCII characters. A repeated key returns the same result; another body, 409.",
    ),
]


def conflict(turn_id: str) -> IdempotencyConflictError:
    """The error of a key that came again with another request."""
    return IdempotencyConflictError(
        "This Idempotency-Key was already used for another request. Use a new key for a new request.", trace_id=turn_id
    )
