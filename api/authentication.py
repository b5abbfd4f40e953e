"""Who asks. Authentication comes before a single byte of the body is parsed."""

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPBearer

from api.deadlines import DEADLINE_SECONDS, within
from api.services import services_of
from domain.access import Principal, Scope, parse_api_key
from domain.errors import (
    DatabaseUnavailableError,
    DependencyUnavailableError,
    MalformedRequestError,
    NotAuthenticatedError,
    UnsupportedMediaTypeError,
)

_REFUSAL: Final = (
    "This API key is missing, unknown, expired or revoked. "
    "Send a valid one as 'Authorization: Bearer <key>' or 'X-API-Key: <key>'."
)

# Only to describe the two ways in OpenAPI: the check itself is `authenticate`.
SECURITY: Final = [
    Security(HTTPBearer(auto_error=False, scheme_name="BearerKey", description="Authorization: Bearer ans_…")),
    Security(APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="HeaderKey")),
]


async def authenticate(request: Request) -> Principal:
    """The principal behind the request's key.

    Raises NotAuthenticatedError, the same one whatever was wrong, or DatabaseUnavailableError within seconds.
    """
    key = parse_api_key(_presented(request))
    if key is None:
        raise NotAuthenticatedError(_REFUSAL)
    looked_up = services_of(request).api_keys.authenticate(*key)
    late = DatabaseUnavailableError("The database did not answer in time. Try again shortly.")
    principal = await within(DEADLINE_SECONDS, looked_up, late)
    if principal is None:
        raise NotAuthenticatedError(_REFUSAL)
    return principal


def _presented(request: Request) -> str:
    authorization = request.headers.get("authorization")
    if authorization is None:
        return request.headers.get("x-api-key", "").strip()
    scheme, _, credentials = authorization.partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""


class AuthenticatedRoute(APIRoute):
    """A route that knows its principal before the framework looks at the body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def authenticated(request: Request) -> Response:
            request.state.principal = await authenticate(request)
            if self.body_field is not None:
                await _require_json(request)
            if request.method != "GET":
                return await handle(request)
            # Reads are quick or in vain; what may take longer bounds its own parts.
            late = DependencyUnavailableError("A dependency did not answer in time. GET /v1/ready says which.")
            return await within(DEADLINE_SECONDS, handle(request), late)

        return authenticated


async def _require_json(request: Request) -> None:
    """Raise unless the body says that it is JSON, and is, in UTF-8.

    The framework would take UTF-16 too, and would report an undecodable body like an unexpected failure.
    """
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.lower().partition("charset=")[2].strip(' "')
    if media_type.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise UnsupportedMediaTypeError("Send the body as 'Content-Type: application/json', in UTF-8.")
    try:
        json.loads((await request.body()).decode("utf-8"))
    except (ValueError, RecursionError):
        raise MalformedRequestError("The body is not well-formed JSON in UTF-8.") from None


def _holder_of(scope: Scope) -> Callable[[Request], Coroutine[Any, Any, Principal]]:
    async def check(request: Request) -> Principal:
        principal: Principal = request.state.principal
        principal.require(scope)
        return principal

    return check


async def _anyone(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


Authenticated = Annotated[Principal, Depends(_anyone)]
Chatter = Annotated[Principal, Depends(_holder_of(Scope.CHAT))]
KnowledgeReader = Annotated[Principal, Depends(_holder_of(Scope.KNOWLEDGE_READ))]
KnowledgeWriter = Annotated[Principal, Depends(_holder_of(Scope.KNOWLEDGE_WRITE))]
Auditor = Annotated[Principal, Depends(_holder_of(Scope.AUDIT_READ))]
Administrator = Annotated[Principal, Depends(_holder_of(Scope.ADMIN))]


def may_see_everyone(principal: Principal) -> bool:
    """Whether the principal may read conversations and turns of others in its tenant."""
    return bool({Scope.AUDIT_READ, Scope.ADMIN} & set(principal.scopes))
