"""Is it alive, and is it of use?"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final, Literal
from uuid import UUID

import structlog
from fastapi import APIRouter, Response

from api.deadlines import within
from api.errors import ErrorBody
from api.schema import ResponseBody, example
from api.services import Services, ServicesDep, Workflows, WorkflowsDep
from domain.errors import AnswerableError, DependencyUnavailableError

router = APIRouter(tags=["operations"])

_DEADLINE_SECONDS: Final = 5.0
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
    """Whether requests can be served."""

    model_config = example(
        ready=False,
        dependencies=[
            {"name": "database", "ok": True, "latency_ms": 1.2, "hint": None},
            {"name": "temporal", "ok": False, "latency_ms": 5000.0, "hint": _HINTS["temporal"]},
            {"name": "object_store", "ok": True, "latency_ms": 2.9, "hint": None},
        ],
    )

    ready: bool
    dependencies: tuple[Dependency, ...]


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
async def ready(response: Response, services: ServicesDep, workflows: WorkflowsDep) -> Readiness:
    """Ask every dependency, each within five seconds; 503 if any fails."""
    checks = _checks(services, workflows)
    found = await asyncio.gather(*(_checked(name, check) for name, check in checks.items()))
    readiness = Readiness(ready=all(dependency.ok for dependency in found), dependencies=tuple(found))
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
