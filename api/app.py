"""The application: every router mounted in one place."""

import asyncio
from typing import Final, Protocol

from fastapi import APIRouter, FastAPI
from starlette.routing import Route
from temporalio.client import Client

from api import (
    audit,
    bots,
    chat,
    conversations,
    datasets,
    documentation,
    documents,
    feedback,
    health,
    ingest_events,
    ingests,
    library,
    maintenance,
    packs,
    policies,
    search,
    tenant,
)
from api.body_limits import BodyLimits
from api.errors import install_error_handlers
from api.fair_doors import build_doors
from api.followers import Followers
from api.refusal_pauses import RefusalPauses
from api.request_context import RequestContext
from api.search_gateway import SearchGateway
from api.services import Services, Workflows
from api.sweep_gateway import SweepGateway
from api.tuning_gateway import TuningGateway
from api.worker_gateway import WorkerGateway
from api.workflow_gateway import ReadHistory, WorkflowGateway

_DESCRIPTION: Final = (
    "Question answering in which every answer can be accounted for. Every failure has one shape: "
    "`{code, message, details}`. POST requests take an `Idempotency-Key`: repeat a request with its key until you "
    "have an answer; it is answered once."
)
_ROUTERS: Final[tuple[APIRouter, ...]] = (
    chat.router,
    conversations.router,
    documents.router,
    library.router,
    search.router,
    feedback.router,
    ingests.router,
    ingest_events.router,
    datasets.router,
    bots.router,
    policies.router,
    tenant.router,
    packs.router,
    audit.router,
    maintenance.router,
    health.router,
)


class WiredServices(Services, Protocol):
    """The services, and the Temporal client for the gateway."""

    @property
    def temporal(self) -> Client: ...

    @property
    def read_history(self) -> ReadHistory: ...


def build_app(services: WiredServices) -> FastAPI:
    """The application over real services."""
    app = build_app_over(services, WorkflowGateway(services.temporal, services.read_history))
    app.state.readiness.ask_workers = WorkerGateway(services.temporal).warnings
    app.state.tunings = TuningGateway(services.temporal)
    app.state.searches = SearchGateway(services.temporal)
    app.state.sweeps = SweepGateway(services.temporal)
    return app


def build_app_over(services: Services, workflows: Workflows) -> FastAPI:
    """The application over anything that has the shape of its ports."""
    app = FastAPI(
        title="Answerable",
        version="1",
        description=_DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    app.state.workflows = workflows
    app.state.stopping = asyncio.Event()
    app.state.doors = build_doors(services.settings.turns_at_once)
    app.state.followers = Followers()
    app.state.readiness = health.ReadinessProbe(services, workflows)
    app.state.routes = [route for router in _ROUTERS for route in router.routes if isinstance(route, Route)]
    install_error_handlers(app)
    for router in _ROUTERS:
        app.include_router(router)
    # No operation of the API, so it stands in no list of them.
    app.include_router(documentation.router)
    limits = services.settings
    app.add_middleware(BodyLimits, max_request_bytes=limits.max_request_bytes, max_upload_bytes=limits.max_upload_bytes)
    if limits.refusals_per_second:
        app.add_middleware(RefusalPauses, refusals_per_second=limits.refusals_per_second)
    # Added last, so that it stands around everything else.
    app.add_middleware(RequestContext)
    return app
