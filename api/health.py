"""Is it alive, and is it of use?"""

import asyncio
import math
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any, Final, Literal
from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response

from api.edge.deadlines import within
from api.edge.errors import ErrorBody
from api.edge.schema import ResponseBody, example
from api.services import Services, Workflows
from domain.errors import AnswerableError, DependencyUnavailableError

router = APIRouter(tags=["operations"])

_DEADLINE_SECONDS: Final = 5.0
REMEMBERED_SECONDS: Final = 1.0
_NOBODY: Final = UUID(int=0)
_HINTS: Final = {
    "database": "Check that PostgreSQL runs and that DATABASE_URL names it.",
    "temporal": "Check that Temporal runs and that TEMPORAL_ADDRESS names it.",
    "object_store": "Check that the object store runs and that S3_ENDPOINT and its keys are right.",
}
_log = structlog.get_logger("api")


class Health(ResponseBody):
    """The process answers; nothing else was asked."""

    model_config = example(status="ok")

    status: Literal["ok"] = "ok"


class Dependency(ResponseBody):
    """One dependency: ``latency_ms`` of the check, and a ``hint`` how to mend it where it failed."""

    name: str
    ok: bool
    latency_ms: float
    hint: str | None


class Readiness(ResponseBody):
    """Whether requests can be served. ``warnings``: what works, but not as it should."""

    model_config = example(
        ready=False,
        dependencies=[
            {"name": "database", "ok": True, "latency_ms": 1.2, "hint": None},
            {"name": "temporal", "ok": False, "latency_ms": 5000.0, "hint": _HINTS["temporal"]},
            {"name": "object_store", "ok": True, "latency_ms": 2.9, "hint": None},
        ],
        warnings=[],
    )

    ready: bool
    dependencies: tuple[Dependency, ...]
    warnings: tuple[str, ...]


class ReadinessProbe:
    """The answer of /v1/ready, which anybody may ask for: the dependencies are asked once a second at most, and what
    comes meanwhile waits for, or gets, the same answer."""

    def __init__(self, services: Services, workflows: Workflows) -> None:
        self._services = services
        self._workflows = workflows
        self.ask_workers: Callable[[], Coroutine[Any, Any, Sequence[str]]] | None = None
        """What workers say that they lack, a sentence each. Set by whoever can reach them."""
        self._answered_at = -math.inf
        self._answer: asyncio.Task[Readiness] | None = None

    async def readiness(self) -> Readiness:
        is_old = time.monotonic() - self._answered_at >= REMEMBERED_SECONDS
        if self._answer is None or (self._answer.done() and is_old):
            self._answer = asyncio.create_task(self._ask())
        # Shielded: one client that goes away must not take the answer from the others.
        return await asyncio.shield(self._answer)

    async def _ask(self) -> Readiness:
        checks = _checks(self._services, self._workflows)
        asking = asyncio.ensure_future(self._said_by_workers())
        found = await asyncio.gather(*(_checked(name, check) for name, check in checks.items()))
        said = await asking
        self._answered_at = time.monotonic()
        return Readiness(
            ready=all(one.ok for one in found), dependencies=tuple(found), warnings=(*self._warnings(), *said)
        )

    async def _said_by_workers(self) -> Sequence[str]:
        if self.ask_workers is None:
            return ()
        try:
            return await within(_DEADLINE_SECONDS, self.ask_workers(), DependencyUnavailableError("No answer in time."))
        except Exception as error:  # noqa: BLE001 - readiness must not break itself, and Temporal's own check says more
            _log.warning("workers_not_asked", problem=type(error).__name__)
            return ()

    def _warnings(self) -> Iterator[str]:
        """What works, but not as it should: one sentence each, without names of tenants."""
        for pack_id in self._services.packs.missing():
            yield f"The pack '{pack_id}' is not installed, so its documents are closed to everybody. Install it again."


@router.get("/v1/health", summary="Is the process alive?")
@router.get("/health", include_in_schema=False)
async def health() -> Health:
    """Touches no dependency."""
    return Health()


@router.get(
    "/v1/ready",
    responses={503: {"model": Readiness, "description": "A dependency failed."}, 500: {"model": ErrorBody}},
    summary="Can requests be served?",
)
async def ready(request: Request, response: Response) -> Readiness:
    """Ask every dependency, each within five seconds; 503 if any fails. The answer is at most a second old."""
    probe: ReadinessProbe = request.app.state.readiness
    readiness = await probe.readiness()
    if not readiness.ready:
        response.status_code = 503
    return readiness


def _checks(services: Services, workflows: Workflows) -> dict[str, Callable[[], Coroutine[Any, Any, object]]]:
    """The cheapest real question to each dependency: what nobody has is answered by an empty result."""
    return {
        "database": lambda: services.datasets.list(_NOBODY),
        "temporal": workflows.check,
        "object_store": lambda: services.object_store.size("readiness/probe"),
    }


async def _checked(name: str, check: Callable[[], Coroutine[Any, Any, object]]) -> Dependency:
    started = time.perf_counter()
    problem = await _problem_of(check)
    if problem is not None:
        _log.warning("dependency_not_ready", dependency=name, problem=problem)
    return Dependency(
        name=name,
        ok=problem is None,
        latency_ms=round((time.perf_counter() - started) * 1000, 1),
        hint=None if problem is None else _HINTS[name],
    )


async def _problem_of(check: Callable[[], Coroutine[Any, Any, object]]) -> str | None:
    try:
        await within(_DEADLINE_SECONDS, check(), DependencyUnavailableError("It did not answer in time."))
    except AnswerableError as error:
        return error.code
    except Exception as error:  # noqa: BLE001 - readiness says what is broken, and must not break itself
        return type(error).__name__
    return None
