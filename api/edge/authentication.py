"""Who asks. Authentication comes before a single byte of the body is parsed."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, ClassVar, Final

from fastapi import Depends, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPBearer

from api.edge.request_checks import (
    parsed,
    query_parameters,
    require_known_query,
    require_plain_body,
    require_single_headers,
)
from api.process.deadlines import DEADLINE_SECONDS, within
from api.process.fair_doors import Door
from api.services import context_of
from domain.errors import DatabaseUnavailableError, DependencyUnavailableError
from domain.identity.api_keys import parse_api_key
from domain.identity.errors import NotAuthenticatedError
from domain.identity.principal import KeyScope, Principal

_SMALL_BODY_BYTES: Final = 32 * 1024
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
    key = parse_api_key(_key_of(request))
    if key is None:
        raise NotAuthenticatedError(_REFUSAL)
    looked_up = context_of(request).services.api_keys.authenticate(*key)
    late = DatabaseUnavailableError("The database did not respond in time. Try again shortly.")
    principal = await within(DEADLINE_SECONDS, looked_up, late)
    if principal is None:
        raise NotAuthenticatedError(_REFUSAL)
    return principal


def _key_of(request: Request) -> str:
    """The key of the request; nothing when there is none, or when its headers name several and one would be chosen."""
    headers = request.headers
    named = {_bearer(value) for value in headers.getlist("authorization")}
    named |= {value.strip() for value in headers.getlist("x-api-key")}
    return named.pop() if len(named) == 1 else ""


def _bearer(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""


class AuthenticatedRoute(APIRoute):
    """A route that knows its principal before the framework looks at the body.

    Requests of one tenant are served a few at a time (``api.process.fair_doors``).
    """

    door: ClassVar[Door | None] = Door.REQUESTS
    """What its writes go through; None for those that open the door themselves."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        query = query_parameters(self.dependant)

        async def authenticated(request: Request) -> Response:
            request.state.principal = await authenticate(request)
            require_single_headers(request)
            require_known_query(request, query)
            require_plain_body(request)
            if self.body_field is not None:
                request = await _parsed_in_turn(request)
            if request.method == "GET":
                # Reads are quick or in vain; what may take longer bounds its own parts.
                late = DependencyUnavailableError("A dependency did not respond in time. GET /v1/ready shows which.")
                async with context_of(request).process.doors[Door.REQUESTS].entered(request.state.principal.tenant_id):
                    return await within(DEADLINE_SECONDS, handle(request), late)
            if self.door is None:
                return await handle(request)
            async with context_of(request).process.doors[self.door].entered(request.state.principal.tenant_id):
                return await handle(request)

        return authenticated


async def _parsed_in_turn(request: Request) -> Request:
    """The request with its body read: a large one when it is its tenant's turn, for that takes milliseconds."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) <= _SMALL_BODY_BYTES:
        return await parsed(request)
    async with context_of(request).process.doors[Door.REQUESTS].entered(request.state.principal.tenant_id):
        return await parsed(request)


class TurnRoute(AuthenticatedRoute):
    """Its writes are computed like a turn."""

    door = Door.TURNS


class OwnDoorRoute(AuthenticatedRoute):
    """Its writes are long, and stand in a door for a part of that only."""

    door = None


def _holder_of(scope: KeyScope) -> Callable[[Request], Coroutine[Any, Any, Principal]]:
    async def check(request: Request) -> Principal:
        principal: Principal = request.state.principal
        principal.require(scope)
        return principal

    return check


async def _anyone(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


Authenticated = Annotated[Principal, Depends(_anyone)]
Chatter = Annotated[Principal, Depends(_holder_of(KeyScope.CHAT))]
KnowledgeReader = Annotated[Principal, Depends(_holder_of(KeyScope.KNOWLEDGE_READ))]
KnowledgeWriter = Annotated[Principal, Depends(_holder_of(KeyScope.KNOWLEDGE_WRITE))]
Auditor = Annotated[Principal, Depends(_holder_of(KeyScope.AUDIT_READ))]
Administrator = Annotated[Principal, Depends(_holder_of(KeyScope.ADMIN))]


def reading_as(principal: Principal) -> str | None:
    """Whose conversations and turns the principal may read; None is everybody's in its tenant."""
    return None if may_see_everyone(principal) else principal.id


def may_see_everyone(principal: Principal) -> bool:
    """Whether the principal may read conversations and turns of others in its tenant."""
    return bool({KeyScope.AUDIT_READ, KeyScope.ADMIN} & set(principal.scopes))
