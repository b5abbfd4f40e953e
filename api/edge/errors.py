"""The one error shape, and how every failure becomes it."""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Route

import domain
from api.edge.schema import ResponseBody, example
from domain.base import JsonValue
from domain.conversations.errors import TurnFailedError
from domain.errors import AnswerableError, DependencyUnavailableError, Failure
from domain.identity.errors import NotAuthenticatedError
from domain.limits.errors import TooManyRequestsError

RETRY_AFTER_SECONDS: Final = 2
_MAX_REPORTED: Final = 50
_MAX_PATH_CHARACTERS: Final = 200


class ErrorBody(ResponseBody):
    """What every failure looks like. ``code`` is for programs, ``message`` says to people how to fix it."""

    model_config = example(
        code="bot_not_found",
        message="There is no such bot. GET /v1/datasets and your administrator know the ids.",
        details={"bot_id": "0b9f6c1e-5a57-4f0e-9a55-3c2f1d7e8a01"},
    )

    code: str
    message: str
    details: dict[str, JsonValue]


_MEANING: Final[dict[int, str]] = {
    400: "The body is not UTF-8 or not well-formed, or a header came twice.",
    401: "The API key is missing, wrong, expired or revoked.",
    403: "The API key lacks the scope that this route needs.",
    404: "Not found, or not yours.",
    409: "The Idempotency-Key came before with another request.",
    410: "It existed, but it has expired or was erased.",
    413: "The body is larger than this server accepts.",
    415: "The Content-Type is not one that this route reads, or there is a Content-Encoding.",
    422: "The request is well-formed but not valid; details.errors lists the fields and reasons.",
    429: "Too many concurrent requests of your organisation, or too many open streams of this key.",
    500: "The turn failed, or an unexpected error occurred; details has an id to look it up by.",
    503: "A dependency does not respond. Retry after Retry-After seconds, with the same Idempotency-Key.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for the failures of an authenticated route: ``statuses`` and those that any route has."""
    every = sorted({400, 401, 403, 415, 422, 429, 500, 503, *statuses})
    return {status: {"model": ErrorBody, "description": _MEANING[status]} for status in every}


def error_response(
    status: int, code: str, message: str, details: dict[str, Any], headers: dict[str, str] | None = None
) -> JSONResponse:
    """Render one failure."""
    return JSONResponse({"code": code, "message": message, "details": details}, status, headers)


def install_error_handlers(app: FastAPI) -> None:
    """Make every expected failure take the error shape; unexpected ones are RequestContext's."""
    app.add_exception_handler(AnswerableError, _answerable)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _load_error_classes() -> None:
    """A class is only found among its base's subclasses once its module was imported."""
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        if module.name.endswith(".errors"):
            importlib.import_module(module.name)


_load_error_classes()


def error_of(failure: Failure) -> AnswerableError:
    """The error that ``failure`` was made from; a plain AnswerableError for a code that nobody knows."""
    kinds = {kind.code: kind for kind in _tree(AnswerableError)}
    return kinds.get(failure.code, AnswerableError)(failure.message, **failure.details)


def _tree(kind: type[AnswerableError]) -> Iterator[type[AnswerableError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


async def _answerable(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AnswerableError)  # noqa: S101 - Starlette dispatches by class and types by Exception
    return error_response(_status_of(error), error.code, error.message, error.details, _headers_of(error))


def _status_of(error: AnswerableError) -> int:
    cause = error.details.get("cause")
    if isinstance(error, TurnFailedError) and isinstance(cause, dict):
        dependencies = {kind.code for kind in _tree(DependencyUnavailableError)}
        return 503 if cause.get("code") in dependencies else error.status
    return error.status


def _headers_of(error: AnswerableError) -> dict[str, str]:
    if isinstance(error, NotAuthenticatedError):
        return {"WWW-Authenticate": 'Bearer realm="answerable"'}
    if isinstance(error, DependencyUnavailableError | TooManyRequestsError):
        return {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return {}


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return error_response(400, "malformed_request", "The body is not well-formed JSON.", {})
    # The values that were sent are not repeated: they may be secrets, and error bodies end up in logs.
    reasons = [
        {"field": _path(one["loc"]), "reason": str(one["msg"]).removeprefix("Value error, ")}
        for one in found[:_MAX_REPORTED]
    ]
    fields = ", ".join(dict.fromkeys(reason["field"] for reason in reasons[:5]))
    message = f"The request is not valid; see details.errors for: {fields}."
    return error_response(422, "invalid_request", message, {"errors": reasons})


def _path(location: tuple[int | str, ...]) -> str:
    """The dotted name of a field, without the part of the request that it is in."""
    inner = location[1:] if location and location[0] in ("body", "path", "query", "header") else location
    return ".".join(str(part) for part in inner)[:_MAX_PATH_CHARACTERS] or str(location[0])


_HTTP_CODES: Final[dict[int, tuple[str, str]]] = {
    400: ("malformed_request", "The body could not be read: it is not UTF-8 JSON or not well-formed multipart."),
    404: ("not_found", "There is no such path. GET /v1/openapi.json lists all of them."),
    405: ("method_not_allowed", "This path does not support that method; the Allow header lists those it supports."),
}


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    code, message = _HTTP_CODES.get(error.status_code, ("request_refused", "The request was refused."))
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_methods_at(request))
    return error_response(error.status_code, code, message, {}, headers)


def _methods_at(request: Request) -> list[str]:
    """Every method of the path. The framework names those of the first route that it finds there."""
    routes: Sequence[Route] = request.app.state.routes
    path = request.scope["path"]
    return sorted({method for route in routes if route.path_regex.match(path) for method in route.methods or ()})
