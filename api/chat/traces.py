"""Trace ids as they come in."""

import re
from typing import Annotated, Final

from fastapi import Path

from api.edge.schema import EXAMPLE_TRACE
from domain.errors import NotFoundError

_TRACE: Final = re.compile(r"[0-9a-f]{32}")

TraceId = Annotated[str, Path(max_length=64, examples=[EXAMPLE_TRACE], description="The trace_id of a turn.")]


def trace_not_found(trace_id: str) -> NotFoundError:
    """The error for a trace that does not exist, or not for the one who asks."""
    return NotFoundError("There is no such turn. Check the trace_id.", trace_id=trace_id[:64])


def require_trace(trace_id: str) -> None:
    """Raise NotFoundError for a text that cannot be a trace id."""
    if _TRACE.fullmatch(trace_id) is None:
        raise trace_not_found(trace_id)
