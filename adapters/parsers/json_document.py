"""JSON and JSON Lines: every key and every value, one block for each entry at the top."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from adapters.parsers.decoding import decode
from adapters.parsers.document_text import DocumentText
from adapters.parsers.limits import DEEPEST_NESTING, bounded_bytes, check_characters
from domain.knowledge.errors import CorruptDocumentError, DocumentTooLargeError
from domain.knowledge.parsed import ParsedDocument

PARSER: Final = "json/1"
_DEEPEST_INDENTATION: Final = 12


class _Members(NamedTuple):
    """An object with its members in order; a key that comes twice is kept twice."""

    pairs: list[tuple[str, object]]


class JsonParser:
    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:  # noqa: ARG002
        """Raises CorruptDocumentError, EmptyDocumentError or DocumentTooLargeError."""
        decoded = decode(bounded_bytes(path, name), name)
        check_characters(len(decoded.text), name)
        root = _loaded(decoded.text, name)
        text = DocumentText(name)
        for entry in _entries(root):
            text.list_lines(list(_lines(entry, name)))
        title = _title(root) or PurePosixPath(name).stem or None
        return text.finish(title, "application/json", PARSER, encoding=decoded.encoding)


def _loaded(text: str, name: str) -> object:
    try:
        return _value(text)
    except RecursionError as error:
        raise _too_deep(name) from error
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return [_line_value(line, number, name) for number, line in _filled_lines(text)]
        raise _corrupt(name, error, error.lineno) from error


def _value(text: str) -> object:
    # Numbers stay as they were written: 18.0 must be found as 18.0, and a thousand digits as a thousand digits.
    return json.loads(text, object_pairs_hook=_Members, parse_float=str, parse_int=str, parse_constant=str)


def _filled_lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _line_value(line: str, number: int, name: str) -> object:
    try:
        return _value(line)
    except RecursionError as error:
        raise _too_deep(name) from error
    except json.JSONDecodeError as error:
        raise _corrupt(name, error, number) from error


def _corrupt(name: str, error: json.JSONDecodeError, line: int) -> CorruptDocumentError:
    return CorruptDocumentError(
        f"'{name}' is no valid JSON: {error.msg} in line {line}, column {error.colno}. Export it again.",
        line=line,
        column=error.colno,
    )


def _too_deep(name: str) -> DocumentTooLargeError:
    return DocumentTooLargeError(
        f"'{name}' is nested deeper than {DEEPEST_NESTING} levels. Flatten it before uploading it.",
        deepest_nesting=DEEPEST_NESTING,
    )


def _title(root: object) -> str | None:
    members = root.pairs if isinstance(root, _Members) else []
    titles = (value for key, value in members if key in ("title", "name") and isinstance(value, str))
    return next(titles, None)


def _entries(root: object) -> Iterator[object]:
    """What is a block by itself: the members of the outermost object, the items of the outermost array."""
    if isinstance(root, _Members):
        yield from (_Members([pair]) for pair in root.pairs)
    elif isinstance(root, list) and any(isinstance(item, _Members | list) for item in root):
        yield from ([item] for item in root)
    else:
        yield root


class _Open(NamedTuple):
    """A value still to be written, and what stands before it on its line."""

    value: object
    depth: int
    lead: str
    nesting: int


def _lines(root: object, name: str) -> Iterator[str]:
    """One line for each scalar, indented below the key or item that holds it."""
    waiting = [_Open(root, 0, "", 0)]
    while waiting:
        value, depth, lead, nesting = waiting.pop()
        if nesting > DEEPEST_NESTING:
            raise _too_deep(name)
        if isinstance(value, _Members | list):
            inner = depth + 1 if lead.endswith(":") else depth
            if lead.endswith(":"):
                yield _indented(depth, lead)
                lead = ""
            waiting.extend(reversed(list(_below(value, inner, lead, nesting + 1))))
        else:
            yield from _scalar_lines(value, depth, lead)


def _below(value: _Members | list[object], depth: int, lead: str, nesting: int) -> Iterator[_Open]:
    """The parts of a value. ``lead`` is an item's dash, which its first part gets."""
    extra = 1 if lead else 0
    if isinstance(value, _Members):
        parts = [(f"{key}:", member) for key, member in value.pairs]
    else:
        parts = [("-", item) for item in value]
    for number, (mark, part) in enumerate(parts):
        first = number == 0 and lead
        yield _Open(part, depth if first else depth + extra, f"{lead} {mark}" if first else mark, nesting)


def _scalar_lines(value: object, depth: int, lead: str) -> Iterator[str]:
    words = value if isinstance(value, str) else json.dumps(value)
    first, *others = words.split("\n")
    yield _indented(depth, f"{lead} {first}".strip())
    for line in others:
        yield _indented(depth + 1, line)


def _indented(depth: int, line: str) -> str:
    return "  " * min(depth, _DEEPEST_INDENTATION) + line
