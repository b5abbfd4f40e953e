"""JSON that strangers send: its values are counted before the first of them is made.

A megabyte of JSON can hold half a million values. Each becomes an object here, is validated, and may be reported as an
error, which took 91 s and 2.4 GB for one request; the count is a scan of the bytes, 3 ms for a megabyte.
"""

import json
from typing import Any, Final

from domain.base import JsonValue
from domain.errors import InvalidRequestError, MalformedRequestError

MAX_VALUES: Final = 10_000
MAX_DEPTH: Final = 64
MAX_NUMBER_CHARACTERS: Final = 400
_BRACKETS: Final = b"[]{}"
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(_BRACKETS))
_NUMERIC: Final = b"0123456789+-.eE"
_NUMBERS_ONLY: Final = bytes(code if code in _NUMERIC else 32 for code in range(256))


def parse_json(content: bytes, max_values: int = MAX_VALUES, max_depth: int = MAX_DEPTH) -> Any:
    """The value of ``content``, which has at most ``max_values`` values in at most ``max_depth`` levels.

    Raises MalformedRequestError for what is no JSON in UTF-8, or has numbers that nobody means, and InvalidRequestError
    for what has too many values or levels.
    """
    _require_few_values(content, max_values, max_depth)
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _malformed_error() from None


def _require_few_values(content: bytes, max_values: int, max_depth: int) -> None:
    bare = content.replace(b"\\\\", b"__").replace(b'\\"', b"__")
    # A value has two strings at most, its name and itself; cutting up more of them than that would cost too much.
    if bare.count(b'"') > 4 * max_values + 4:
        raise _too_much(f"more than {max_values} values")
    outside = b"".join(bare.split(b'"')[::2])
    if outside.count(b"[") != outside.count(b"]") or outside.count(b"{") != outside.count(b"}"):
        raise _malformed_error()
    if outside.count(b",") + outside.count(b"[") + outside.count(b"{") >= max_values:
        raise _too_much(f"more than {max_values} values")
    if _depth(outside) > max_depth:
        raise _too_much(f"more than {max_depth} levels")
    if max(map(len, outside.translate(_NUMBERS_ONLY).split()), default=0) > MAX_NUMBER_CHARACTERS:
        raise _malformed_error()


def _depth(outside: bytes) -> int:
    depth = deepest = 0
    for bracket in outside.translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _too_much(what: str) -> InvalidRequestError:
    reason: dict[str, JsonValue] = {"field": "body", "reason": f"has {what}"}
    return InvalidRequestError(f"The JSON has {what}, which no valid request needs.", errors=[reason])


def _malformed_error() -> MalformedRequestError:
    return MalformedRequestError("The body is not well-formed JSON in UTF-8.")


def _no_constant(name: str) -> Any:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(name)
