"""The operations of the API as its OpenAPI document tells them, routes that it hides as aliases included.

Whoever adds an endpoint gets its cases from here without doing anything, or a failing test that names what is missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final, Literal, cast

from starlette.routing import Route

from api.app import build_app_over
from api.chat.traces import TRACE_PATTERN
from api.services import Services
from api.workflow_ports import Workflows

Schema = Mapping[str, Any]

_LIMITS: Final = SimpleNamespace(
    max_request_bytes=1, max_upload_bytes=1, turn_wait_seconds=1.0, turns_at_once=2, refusals_per_second=0
)
_WORKFLOWS: Final = SimpleNamespace(service=SimpleNamespace(check=None, worker_warnings=None))
# Describing the API touches nothing behind it.
_APP: Final = build_app_over(cast(Services, SimpleNamespace(settings=_LIMITS)), cast(Workflows, _WORKFLOWS))
DOCUMENT: Final[dict[str, Any]] = _APP.openapi()
ROUTES: Final[list[Route]] = _APP.state.routes


def resolved(schema: Schema) -> Schema:
    """``schema`` itself, or what its reference names."""
    reference = schema.get("$ref")
    return DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema


def variants(schema: Schema) -> list[Schema]:
    """The alternatives of a schema, references resolved."""
    whole = resolved(schema)
    return [inner for one in whole["anyOf"] for inner in variants(one)] if "anyOf" in whole else [whole]


@dataclass(frozen=True)
class Parameter:
    """A parameter in the path, the query or a header."""

    name: str
    where: str
    schema: Schema

    @property
    def kind(self) -> Schema:
        """The one alternative that is not null."""
        return next(one for one in variants(self.schema) if one.get("type") != "null")

    @property
    def is_id(self) -> bool:
        is_trace = self.name == "trace_id" or self.kind.get("pattern") == TRACE_PATTERN
        return bool(self.kind.get("format") == "uuid") or is_trace


@dataclass(frozen=True)
class Operation:
    """One method at one path. ``described`` is its entry in the document, an alias's the one of its endpoint."""

    method: str
    path: str
    described: Mapping[str, Any]

    def __str__(self) -> str:
        """For the ids of tests."""
        return f"{self.method} {self.path}"

    @property
    def is_secured(self) -> bool:
        return bool(self.described.get("security"))

    @property
    def statuses(self) -> set[int]:
        return {int(status) for status in self.described["responses"]}

    @property
    def parameters(self) -> list[Parameter]:
        given = self.described.get("parameters", ())
        return [Parameter(one["name"], one["in"], one["schema"]) for one in given]

    def parameters_in(self, where: str) -> list[Parameter]:
        return [parameter for parameter in self.parameters if parameter.where == where]

    @property
    def body(self) -> Literal["json", "form"] | None:
        if "application/json" in self._content:
            return "json"
        return "form" if "multipart/form-data" in self._content else None

    @property
    def body_schema(self) -> Schema:
        """Of the JSON body, or of the form."""
        (content,) = self._content.values()
        return resolved(content["schema"])

    @property
    def example(self) -> dict[str, Any]:
        """The documented example of the JSON body: a request that is valid."""
        return dict(self.body_schema["examples"][0])

    @property
    def _content(self) -> Mapping[str, Any]:
        return self.described.get("requestBody", {}).get("content", {})  # type: ignore[no-any-return]


def _operations() -> Iterator[Operation]:
    documented = {
        (path, method.upper()): described
        for path, methods in DOCUMENT["paths"].items()
        for method, described in methods.items()
    }
    by_endpoint = {
        (route.endpoint, method): documented[route.path, method]
        for route in ROUTES
        for method in route.methods or ()
        if (route.path, method) in documented
    }
    for route in ROUTES:
        for method in sorted(route.methods or ()):
            yield Operation(method, route.path, by_endpoint[route.endpoint, method])


OPERATIONS: Final = tuple(_operations())


def methods_at(path: str) -> set[str]:
    return {operation.method for operation in OPERATIONS if operation.path == path}
