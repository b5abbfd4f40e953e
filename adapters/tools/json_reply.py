"""A service's JSON, read within bounds: some megabytes of brackets would be hundreds of megabytes of lists."""

import asyncio
import json
import re
from typing import Final

from domain.base import JsonValue
from domain.packs.errors import ToolReplyInvalidError, ToolReplyTooLargeError

MAX_VALUES: Final = 50_000
_BYTES_AT_ONCE: Final = 64 * 1024
# One that never ends goes to the end: tried again from each of its quotes, it would be read as often as it has any.
_TEXT: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_MARKS: Final = (b",", b"[", b"{")


async def read_json(body: bytes, tool: str) -> JsonValue:
    """Raises ToolReplyTooLarge- and ToolReplyInvalidError. What takes more than a millisecond is read in a thread."""
    if len(body) <= _BYTES_AT_ONCE:
        return parsed(body, tool)
    return await asyncio.to_thread(parsed, body, tool)


def parsed(body: bytes, tool: str) -> JsonValue:
    """Values are counted before any is built. Raises ToolReplyTooLarge- and ToolReplyInvalidError."""
    if _has_more_than(MAX_VALUES, body):
        raise ToolReplyTooLargeError(
            f"The service behind {tool} answered more than {MAX_VALUES:,} values.", tool=tool, max_values=MAX_VALUES
        )
    try:
        data: JsonValue = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ToolReplyInvalidError(f"The service behind {tool} did not answer JSON.", tool=tool) from error
    return data


def _has_more_than(values: int, body: bytes) -> bool:
    """A value follows a comma or an opening bracket; those in texts do not count. In UTF-8 no other byte is one."""
    if _marks(body, 0, len(body)) <= values:
        return False
    found = position = 0
    for text in _TEXT.finditer(body):
        found += _marks(body, position, text.start())
        if found > values:
            return True
        position = text.end()
    return found + _marks(body, position, len(body)) > values


def _marks(body: bytes, start: int, end: int) -> int:
    return sum(body.count(mark, start, end) for mark in _MARKS)


def _no_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is no JSON")
