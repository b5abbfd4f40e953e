"""Bodies that no operation may accept: JSON from its schema, and forms."""

import gzip
import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from tests.security.operations import Operation, Schema, resolved, variants

# What was sent must not come back in an error.
CANARY: Final = "canary-hunter2"
_BOUNDARY: Final = "b0undary"
Headers = tuple[tuple[str, str], ...]


class BadBody(NamedTuple):
    """``is_malformed``: it cannot be read at all, and its fields are not looked at."""

    name: str
    content: bytes
    is_malformed: bool = False
    headers: Headers = ()


class Raw(str):
    """A piece of JSON that ``json.dumps`` would not write."""

    __slots__ = ()


def bad_json(operation: Operation) -> Iterator[BadBody]:
    """Broken as a whole, or valid but for one field."""
    good = json.dumps(operation.example)
    yield from _unreadable(good)
    for value in ("null", "true", "1", '"text"', "[]", f"[{good}]"):
        yield BadBody(f"is {value[:8]}", value.encode())
    schema = operation.body_schema
    yield _with(operation.example, f"no_such_{CANARY[:6]}", 1, "unknown field")
    yield _with(operation.example, "", 1, "nameless field")
    yield _with(operation.example, "\0", 1, "NUL field")
    yield _with(operation.example, "\ud800", 1, "surrogate field")
    for name in schema.get("required", ()):
        rest = {field: value for field, value in operation.example.items() if field != name}
        yield BadBody(f"without {name}", json.dumps(rest).encode())
    for name, field in schema["properties"].items():
        for label, value in _bad_values(field):
            yield _with(operation.example, name, value, f"{name} {label}")


def _unreadable(good: str) -> Iterator[BadBody]:
    contents = {
        "empty": b"",
        "blank": b" \n",
        "cut off": good[:-1].encode(),
        "followed by more": f"{good} {good}".encode(),
        "not UTF-8": good[:-1].encode() + b', "x": "\xff\xfe"}',
        "overlong UTF-8": good[:-1].encode() + b', "x": "\xc0\xaf"}',
        "surrogate bytes": good[:-1].encode() + b', "x": "\xed\xa0\x80"}',
        "UTF-16": good.encode("utf-16"),
        "UTF-16 without a mark": good.encode("utf-16-le"),
        "UTF-32": good.encode("utf-32"),
        "UTF-8 with a mark": good.encode("utf-8-sig"),
        "gzip": gzip.compress(good.encode()),
        "NUL bytes": b"\0" * 20,
        "nested beyond reason": b"[" * 100_000,
        "single quotes": b"{'a': 1}",
        "NaN": good[:-1].encode() + b', "x": NaN}',
        "a number of 5,000 digits": good[:-1].encode() + b', "x": ' + b"9" * 5_000 + b"}",
        "raw control characters": good[:-1].encode() + b', "x": "\x01"}',
        "a form": b"message=a",
    }
    return (BadBody(name, content, is_malformed=True) for name, content in contents.items())


def _with(example: dict[str, Any], name: str, value: Any, label: str) -> BadBody:
    """The example with one field more, or with another value in it."""
    marker = "@raw@"
    text = json.dumps({**example, name: marker if isinstance(value, Raw) else value})
    return BadBody(label, text.replace(json.dumps(marker), value).encode() if isinstance(value, Raw) else text.encode())


def _bad_values(schema: Schema) -> Iterator[tuple[str, Any]]:
    """Labels and values that ``schema`` does not allow."""
    kinds = variants(schema)
    types = {kind.get("type") for kind in kinds}
    wrong: dict[str, Any] = {
        "null": None,
        "array": [[CANARY]],
        "object": {CANARY: {"a": [1]}},
        "string": CANARY,
        "number": 1.5,
        "boolean": False,
    }
    for name, value in wrong.items():
        if name not in types:
            yield f"a wrong {name}", value
    for kind in kinds:
        yield from _out_of_bounds(kind)


def _out_of_bounds(kind: Schema) -> Iterator[tuple[str, Any]]:
    match kind.get("type"):
        case "string":
            yield from (("NUL", "a\0b"), ("surrogate", "a\ud800b"), ("endless", "a" * 200_000))
            if "enum" in kind or "const" in kind or "format" in kind:
                yield "none of them", CANARY
        case "boolean":
            yield from (("a word", "yes"), ("a number", 1), ("a text", "true"))
        case "integer" | "number":
            yield from (("true", True), ("false", False), ("digits", "3"))
            yield from (("absurd", 10**300), ("infinite", Raw("1e400")), ("minus infinite", Raw("-1e400")))
            yield from ((f"below {kind['minimum']}", kind["minimum"] - 1),) if "minimum" in kind else ()
        case "array":
            yield from (("endless", [CANARY] * 20_000), ("of nulls", [None]), ("nested", [[[[[]]]]]))
        case "object":
            deep: Any = {}
            for _ in range(300):
                deep = {"a": deep}
            yield from (("deep", deep), ("large", {"a": "b" * 100_000}))
            yield from _in_objects(kind)


def _in_objects(kind: Schema) -> Iterator[tuple[str, Any]]:
    properties = resolved(kind).get("properties")
    if properties is not None:
        yield "with an unknown field", {"no_such_field": 1}
        for name, field in properties.items():
            for label, value in _bad_values(field):
                if not isinstance(value, Raw):
                    yield f"{name} {label}", {name: value}


def multipart(*parts: tuple[str, str | None, bytes], boundary: str = _BOUNDARY) -> BadBody:
    """A form of (name, file name, content)."""
    body = b""
    for name, filename, content in parts:
        file = f'; filename="{filename}"' if filename is not None else ""
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode(
            "utf-8", "surrogateescape"
        )
        body += content + b"\r\n"
    return BadBody("", body + f"--{boundary}--\r\n".encode(), False, _form_headers(f"; boundary={boundary}"))


def _form_headers(parameters: str) -> Headers:
    return (("Content-Type", f"multipart/form-data{parameters}"),)


_FILE: Final = ("file", "a.md", b"# A")
_NAMES: Final = (
    "", " ", ".", "..", "/", "/etc/passwd", "../x", "a/../../x", "a//b.md", "a/", "./a.md", "a/./b.md", "a/ /b.md",
    "..\\x", "C:\\x", "a\tb", "a\x7fb", "a\u202eb", "a" * 501,
)  # fmt: skip
_FIELDS: Final = (
    ("no_such_field", b"1"),
    ("", b"1"),
    ("title", b""),
    ("title", b"a" * 301),
    ("title", b"a\0b"),
    ("url", b"javascript:alert(1)"),
    ("url", b"http://"),
    ("url", b"http://[::1"),
    ("url", b"http://a\nb"),
    ("visibility", b"secret"),
    ("roles", b""),
    ("roles", b"a\0b"),
    ("tags", b"a\0b"),
    ("wait", b"maybe"),
    ("attributes", b"{"),
    ("attributes", b"[]"),
    ("attributes", b'{"a": {"b": 1}}'),
    ("attributes", b'{"a": "\\u0000"}'),
    ("attributes", b'{"a": 1e999}'),
    ("attributes", b'{"a": NaN}'),
)


def bad_forms() -> Iterator[BadBody]:
    """Uploads that must leave nothing behind."""
    for name in _NAMES:
        yield (
            _form(f"name {name[:12]!r}", _FILE, ("name", None, name.encode()))
            if name
            else _form("no name", ("file", "", b"# A"))
        )
    for name, content in _FIELDS:
        yield _form(f"{name} {content[:12]!r}", _FILE, (name, None, content))
    yield _form("name of bytes", _FILE, ("name", None, b"a\xff\xfe"))._replace(is_malformed=True)
    yield _form("without a file", ("title", None, b"A"))
    yield _form("file that is a field", ("file", None, b"# A"))
    yield _form("field that is a file", _FILE, ("title", "b.md", b"# B"))._replace(is_malformed=True)
    yield _form("two files", _FILE, _FILE)._replace(is_malformed=True)
    yield _form("title twice", _FILE, ("title", None, b"A"), ("title", None, b"B"))
    yield _form("field too large", _FILE, ("title", None, b"a" * 20_000))._replace(is_malformed=True)
    yield _form("too many fields", _FILE, *[("roles", None, b"a")] * 50)._replace(is_malformed=True)
    whole = multipart(_FILE)
    for name, content, parameters in (
        ("no boundary", whole.content, ""),
        ("another boundary", whole.content, "; boundary=x"),
        ("empty", b"", f"; boundary={_BOUNDARY}"),
        ("garbage", b"\0\xff" * 50, f"; boundary={_BOUNDARY}"),
        ("cut off in the file", whole.content[:-20], f"; boundary={_BOUNDARY}"),
        ("cut off before a field", whole.content[:-4], f"; boundary={_BOUNDARY}"),
        ("endless boundary", whole.content, "; boundary=" + "b" * 300),
        ("gzip", gzip.compress(whole.content), f"; boundary={_BOUNDARY}"),
    ):
        yield BadBody(name, content, True, _form_headers(parameters))


def _form(label: str, *parts: tuple[str, str | None, bytes]) -> BadBody:
    return multipart(*parts)._replace(name=label)
