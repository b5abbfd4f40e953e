"""Trace ids as they come in."""

import re
from typing import Annotated, Final

from fastapi import Depends, Path, Request

from api.edge.request_context import note_trace
from api.edge.schema import EXAMPLE_TRACE
from domain.errors import NotFoundError

TRACE_PATTERN: Final = "^[0-9a-f]{32}$"
_TRACE: Final = re.compile(r"[0-9a-f]{32}")
_InPath = Annotated[str, Path(max_length=64, examples=[EXAMPLE_TRACE], description="The `trace_id` of a turn.")]


def trace_not_found(trace_id: str) -> NotFoundError:
    """The error for a trace that does not exist, or not for the one who asks."""
    return NotFoundError("There is no such turn. Check the trace_id.", trace_id=trace_id[:64])


def require_trace(request: Request, trace_id: str) -> str:
    """``trace_id``, which the request's log lines name from now on. Raises NotFoundError for what can be none."""
    if _TRACE.fullmatch(trace_id) is None:
        raise trace_not_found(trace_id)
    note_trace(request, trace_id)
    return trace_id


async def _trace_in_path(request: Request, trace_id: _InPath) -> str:
    return require_trace(request, trace_id)


TraceId = Annotated[str, Depends(_trace_in_path)]
"""Comes after the principal in a route's parameters: who lacks the scope learns nothing of traces."""
