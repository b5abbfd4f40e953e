"""Liveness and readiness."""

from typing import Final, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from api.edge.errors import ErrorBody
from api.edge.schema import ResponseBody, example
from api.process.readiness import DependencyCheck, ReadinessProbe
from api.services import ProcessDep, Services
from api.workflow_ports import Workflows

router = APIRouter(tags=["operations"])

_NOBODY: Final = UUID(int=0)
_HINTS: Final = {
    "database": "Check that PostgreSQL is running and that DATABASE_URL is right.",
    "temporal": "Check that Temporal is running and that TEMPORAL_ADDRESS is right.",
    "object_store": "Check that the object store is running and that S3_ENDPOINT and its keys are right.",
}


class Health(ResponseBody):
    """The process is alive; nothing else was checked."""

    model_config = example(status="ok")

    status: Literal["ok"] = "ok"


class Dependency(ResponseBody):
    """One dependency: ``latency_ms`` of the check, and a ``hint`` how to fix it if it failed."""

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


@router.get("/v1/health", summary="Liveness")
@router.get("/health", include_in_schema=False)
async def health() -> Health:
    """200 if the process is alive. Checks no dependency."""
    return Health()


@router.get(
    "/v1/ready",
    responses={503: {"model": Readiness, "description": "A dependency is unavailable."}, 500: {"model": ErrorBody}},
    summary="Readiness",
)
async def ready(process: ProcessDep, response: Response) -> Readiness:
    """Checks every dependency within five seconds; 503 if any fails. The result is at most a second old."""
    report = await process.readiness.report()
    dependencies = tuple(_body(check) for check in report.checks)
    if not all(one.ok for one in dependencies):
        response.status_code = 503
    return Readiness(ready=response.status_code != 503, dependencies=dependencies, warnings=report.warnings)


def _body(check: DependencyCheck) -> Dependency:
    return Dependency(**check._asdict(), hint=None if check.ok else _HINTS[check.name])


def readiness_probe(services: Services, workflows: Workflows) -> ReadinessProbe:
    """Asks each dependency for what nobody has, which is answered by an empty result."""
    checks = {
        "database": lambda: services.datasets.list(_NOBODY),
        "temporal": workflows.service.check,
        "object_store": lambda: services.object_store.size("readiness/probe"),
    }

    async def pack_warnings() -> list[str]:
        return [
            f"The pack '{pack_id}' is not installed, so nobody can use its documents. Install it again."
            for pack_id in services.packs.missing()
        ]

    return ReadinessProbe(checks, (pack_warnings, workflows.service.worker_warnings))
