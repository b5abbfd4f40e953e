"""What must hold of a request before its fields are looked at: it can be read in one way only.

A header that comes twice, a parameter that nobody knows or a body in a foreign encoding is understood by one program
like this and by the next like that; such requests are refused and not guessed at.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError

from api.edge.json_bodies import parse_json
from domain.errors import InvalidRequestError, MalformedRequestError, UnsupportedMediaTypeError

MAX_PARAMETERS: Final = 50
# Read as one value each. The key's own headers are the authentication's business.
_SINGLE_HEADERS: Final = ("Idempotency-Key", "Content-Type", "Content-Encoding", "Last-Event-ID")


def require_single_headers(request: Request) -> None:
    """Raise MalformedRequestError when a header that has one value came more than once."""
    for name in _SINGLE_HEADERS:
        if len(request.headers.getlist(name)) > 1:
            raise MalformedRequestError(f"The header {name} came more than once. Send it once.", header=name)


def require_plain_body(request: Request) -> None:
    """Raise UnsupportedMediaTypeError for a compressed body, which would be taken for something else."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaTypeError("Send the body as it is, without a Content-Encoding.")


def query_parameters(dependant: Dependant) -> dict[str, bool]:
    """The query parameters of a route and of what it depends on; True for those that may be repeated."""
    known = {one.alias: _is_sequence(one.field_info.annotation) for one in dependant.query_params}
    for inner in dependant.dependencies:
        known |= query_parameters(inner)
    return known


def _is_sequence(annotation: object) -> bool:
    kinds = (annotation, *get_args(annotation))
    return any((get_origin(kind) or kind) in (list, tuple, set, frozenset) for kind in kinds)


def require_known_query(request: Request, known: Mapping[str, bool]) -> None:
    """Raise the framework's validation error for a query parameter that the route does not have, or that came twice.

    ``known`` says of each parameter whether it may be repeated.
    """
    if request.scope["query_string"].count(b"&") >= MAX_PARAMETERS:
        raise InvalidRequestError(f"The address has more than {MAX_PARAMETERS} parameters.")
    counts = Counter(name for name, _ in request.query_params.multi_items())
    problems = [
        {"type": "query", "loc": ("query", name), "msg": "Unknown parameter" if name not in known else "Came twice"}
        for name, count in counts.items()
        if name not in known or (count > 1 and not known[name])
    ]
    if problems:
        raise RequestValidationError(problems)


class ParsedRequest(Request):
    """A request whose JSON was parsed: the framework would do it again, without bounds."""

    def __init__(self, request: Request, content: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._content = content

    async def body(self) -> bytes:
        """Only whether there is one matters to those who ask for the JSON next."""
        return b"-"

    async def json(self) -> Any:
        return self._content


async def parsed(request: Request) -> ParsedRequest:
    """The request with its JSON. Raises unless the body says that it is JSON, and is, in UTF-8 and in bounds.

    The framework would take UTF-16 too, and would report an undecodable body like an unexpected failure.
    """
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "application/json" or not is_utf8(content_type):
        raise UnsupportedMediaTypeError("Send the body as 'Content-Type: application/json', in UTF-8.")
    return ParsedRequest(request, parse_json(await request.body()))


def is_utf8(content_type: str) -> bool:
    """Whether a Content-Type names no charset but UTF-8."""
    charset = content_type.lower().partition("charset=")[2].partition(";")[0].strip(' "')
    return charset in ("", "utf-8", "utf8")
