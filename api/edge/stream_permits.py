"""Whether the key that opened an event stream may still read it."""

import time
from typing import Final

from fastapi import Request

from api.edge.authentication import authenticate
from domain.errors import AnswerableError, DependencyUnavailableError
from domain.identity.principal import KeyScope

RECHECK_SECONDS: Final = 3.0


class Permit:
    """The right to read one stream, checked again every few seconds."""

    def __init__(self, request: Request, scope: KeyScope) -> None:
        self._request = request
        self._scope = scope
        self._asked_at = time.monotonic()

    async def refusal(self) -> AnswerableError | None:
        """Why the key may not read any more. None also while the database is away: then there is nothing to show."""
        if time.monotonic() - self._asked_at < RECHECK_SECONDS:
            return None
        self._asked_at = time.monotonic()
        try:
            (await authenticate(self._request)).require(self._scope)
        except DependencyUnavailableError:
            return None
        except AnswerableError as error:
            return error
        return None
