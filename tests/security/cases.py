"""Requests that must be refused, made for every operation from its description."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tests.security.bodies import CANARY, bad_forms, bad_json, multipart
from tests.security.operations import OPERATIONS, Operation, Parameter, methods_at

Headers = tuple[tuple[str, str | bytes], ...]
JSON: Final[Headers] = (("Content-Type", "application/json"),)
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE", "PROPFIND")
# One refusal for whatever is wrong with a key; ``Keys`` of the test knows them by these names.
BAD_KEYS: Final = (
    "none",
    "empty",
    "malformed",
    "endless",
    "not ASCII",
    "basic",
    "unknown",
    "wrong secret",
    "expired",
    "revoked",
    "moved to another tenant",
    "two different headers",
    "two different values",
)
# An upload in its smallest valid form.
UPLOAD: Final = multipart(("file", "a.md", b"# A"))


@dataclass(frozen=True)
class Case:
    """One request and how it has to be refused. In ``path`` and ``query`` ``{name}`` stands for a real id of the
    tenant, and ``key`` names the key that is sent. ``codes`` are the pairs of status and code that are right."""

    operation: Operation
    name: str
    codes: frozenset[tuple[int, str]]
    method: str
    path: str
    query: str = ""
    key: str = "good"
    headers: Headers = ()
    content: bytes | None = None
    # None: as long as the content; otherwise what the request says.
    announced: str | None = None
    is_routed: bool = field(default=True)

    def __str__(self) -> str:
        """For the ids of tests."""
        return f"{self.operation}: {self.name}"


def case(operation: Operation, name: str, *codes: tuple[int, str], **changes: object) -> Case:
    """A case that differs from a valid request of ``operation`` in ``changes`` only."""
    valid: dict[str, object] = {"method": operation.method, "path": operation.path}
    if operation.body == "json":
        valid |= {"headers": JSON, "content": json.dumps(operation.example).encode()}
    if operation.body == "form":
        valid |= {"headers": UPLOAD.headers, "content": UPLOAD.content}
    return Case(operation, name, frozenset(codes), **{**valid, **changes})  # type: ignore[arg-type]


MALFORMED: Final = (400, "malformed_request")
INVALID: Final = (422, "invalid_request")
MEDIA_TYPE: Final = (415, "unsupported_media_type")
TOO_LARGE: Final = (413, "too_large")
NOT_FOUND: Final = (404, "not_found")


def wrong_methods(operation: Operation) -> Iterator[Case]:
    """Once for each path, by its first operation."""
    allowed = methods_at(operation.path)
    if operation.method != min(allowed):
        return
    for method in METHODS:
        if method not in allowed:
            yield case(
                operation,
                f"method {method}",
                (405, "method_not_allowed"),
                method=method,
                headers=(),
                content=None,
                is_routed=False,
            )


def odd_paths(operation: Operation) -> Iterator[Case]:
    for name, path in (("trailing slash", f"{operation.path}/"), ("double slash", f"/{operation.path}")):
        yield case(operation, name, NOT_FOUND, path=path, is_routed=False)
    yield case(operation, "endless address", (431, "headers_too_large"), query="x=" + "a" * 70_000, is_routed=False)


def bad_keys(operation: Operation) -> Iterator[Case]:
    for key in BAD_KEYS if operation.is_secured else ():
        yield case(operation, f"key {key}", (401, "not_authenticated"), key=key)
        if operation.body:
            yield case(operation, f"key {key}, broken body", (401, "not_authenticated"), key=key, content=b"{")


_ODD_IDS: Final = ("x", "0", "-1", "9" * 400, "%00", "%ff", "%F0%9F%92%A9", "a%20b", "%27%20OR%201=1", "%3Cscript%3E")


def bad_ids(operation: Operation) -> Iterator[Case]:
    refusals = (INVALID, NOT_FOUND)
    for parameter in operation.parameters_in("path"):
        place = "{" + parameter.name + "}"
        for odd in _ODD_IDS:
            path = operation.path.replace(place, odd)
            yield case(operation, f"{parameter.name} {odd[:16]}", *refusals, path=path)
        for odd in ("", "..%2f..%2fx", "%2e%2e/x"):
            path = operation.path.replace(place, odd)
            yield case(operation, f"{parameter.name} '{odd}'", NOT_FOUND, path=path, is_routed=False)
        unknown = operation.path.replace(place, f"{{unknown {parameter.name}}}")
        codes = [(404, code) for code in ("not_found", "bot_not_found", "dataset_not_found", "session_not_found")]
        yield case(operation, f"{parameter.name} unknown", *codes, path=unknown)


def bad_queries(operation: Operation) -> Iterator[Case]:
    if not operation.is_secured:
        return
    for name, query in (("unknown", "no_such_parameter=1"), ("nameless", "=1"), ("NUL", "%00=1"), ("bytes", "%ff=1")):
        yield case(operation, f"{name} parameter", INVALID, query=query)
    for parameter in operation.parameters_in("query"):
        for value in _bad_values(parameter):
            yield case(operation, f"{parameter.name}={value[:16]}", INVALID, query=f"{parameter.name}={value}")
        twice = f"{parameter.name}=1&{parameter.name}=2"
        yield case(operation, f"{parameter.name} twice", INVALID, query=twice)


def _bad_values(parameter: Parameter) -> Iterator[str]:
    kind = parameter.kind
    yield from (CANARY, "%00", "%ff", "")
    if kind.get("type") == "integer":
        yield from ("1.5", "1e3", "9" * 30, "9" * 5_000, "NaN", "0x10")
        yield from (str(int(kind["minimum"]) - 1), str(int(kind["maximum"]) + 1))


def bad_headers(operation: Operation) -> Iterator[Case]:
    if not operation.is_secured:
        return
    own = case(operation, "").headers
    yield case(operation, "compressed", MEDIA_TYPE, headers=(*own, ("Content-Encoding", "gzip")))
    for name in ("Idempotency-Key", "Content-Type", "Last-Event-ID"):
        for kind, values in (("the same", ("a/b", "a/b")), ("another", ("a/b", "c/d"))):
            rest = tuple(header for header in own if header[0] != name)
            twice = (*rest, *((name, value) for value in values))
            yield case(operation, f"{name} twice, {kind}", MALFORMED, headers=twice)
    yield case(
        operation,
        "endless header",
        (431, "headers_too_large"),
        headers=(*own, ("X-Anything", "a" * 70_000)),
        is_routed=False,
    )
    if any(parameter.name == "Idempotency-Key" for parameter in operation.parameters):
        for key in ("", "k" * 256, "a\tb", b"a\x01b", b"\x7f", b"schl\xfcssel", b"\xff\xfe", "k" * 20_000):
            headers = (*own, ("Idempotency-Key", key))
            yield case(operation, f"Idempotency-Key {key[:16]!r}", INVALID, MALFORMED, headers=headers)
    if any(parameter.name == "last-event-id" for parameter in operation.parameters):
        yield case(operation, "Last-Event-ID too long", INVALID, headers=(*own, ("Last-Event-ID", "1" * 101)))


def bad_bodies(operation: Operation) -> Iterator[Case]:
    huge = "999999999999"
    yield case(operation, "announced too large", TOO_LARGE, announced=huge, content=b"", is_routed=False)
    for length in ("-1", "x", "1, 2", "9" * 40):
        yield case(operation, f"length {length}", MALFORMED, announced=length, content=b"", is_routed=False)
    if operation.body == "json":
        yield from _bad_json(operation)
    if operation.body == "form":
        yield from _bad_forms(operation)


def _bad_json(operation: Operation) -> Iterator[Case]:
    for bad in bad_json(operation):
        codes = [MALFORMED] if bad.is_malformed else [INVALID]
        if bad.name.startswith("trace_id "):
            # What can be no trace is a trace that is not there.
            codes.append(NOT_FOUND)
        yield case(operation, f"body {bad.name}", *codes, content=bad.content)
    for media_type in ("", "text/plain", "application/json; charset=utf-16", "multipart/form-data; boundary=b"):
        yield case(operation, f"type '{media_type}'", MEDIA_TYPE, headers=(("Content-Type", media_type),))
    yield case(operation, "no type", MEDIA_TYPE, headers=())


def _bad_forms(operation: Operation) -> Iterator[Case]:
    for form in bad_forms():
        code = MALFORMED if form.is_malformed else INVALID
        yield case(operation, f"form {form.name}", code, content=form.content, headers=form.headers)
    for media_type in (
        "",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/mixed; boundary=b",
        "multipart/form-data; boundary=b0undary; charset=utf-16",
    ):
        yield case(operation, f"type '{media_type}'", MEDIA_TYPE, headers=(("Content-Type", media_type),))


FAMILIES: Final = (wrong_methods, odd_paths, bad_keys, bad_ids, bad_queries, bad_headers, bad_bodies)
CASES: Final = tuple(found for operation in OPERATIONS for family in FAMILIES for found in family(operation))
