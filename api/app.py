"""The application: every router mounted in one place."""

import asyncio
from typing import Final, Protocol

from fastapi import APIRouter, FastAPI
from starlette.routing import Route
from temporalio.client import Client

from api import documentation, health
from api.admin import bots, packs, policies, sweeps, tenant, tunings
from api.chat import audit, conversations, feedback, lists, passages, routes
from api.edge.body_limits import BodyLimits
from api.edge.errors import install_error_handlers
from api.edge.refusal_pauses import RefusalPauses
from api.edge.request_context import RequestContext
from api.gateways.documents import DocumentGateway
from api.gateways.searches import SearchGateway
from api.gateways.sweeps import SweepGateway
from api.gateways.temporal_service import TemporalServiceGateway
from api.gateways.tunings import TuningGateway
from api.gateways.turns import ReadHistory, TurnGateway
from api.knowledge import datasets, documents, ingest_events, ingests, search, uploads
from api.process.fair_doors import build_doors
from api.process.followers import Followers
from api.services import Context, Process, Services, set_context
from api.workflow_ports import Workflows

_DESCRIPTION: Final = (
    "Question answering in which every answer can be accounted for. All errors have one shape: "
    "`{code, message, details}`. Send an `Idempotency-Key` with a POST request and you can safely repeat it: the "
    "question is answered once."
)
_ROUTERS: Final[tuple[APIRouter, ...]] = (
    routes.router,
    conversations.router,
    lists.router,
    passages.router,
    uploads.router,
    documents.router,
    search.router,
    feedback.router,
    tunings.router,
    ingests.router,
    ingest_events.router,
    datasets.router,
    bots.router,
    policies.router,
    tenant.router,
    packs.router,
    audit.router,
    sweeps.router,
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
    client = services.temporal
    workflows = Workflows(
        turns=TurnGateway(client, services.read_history),
        documents=DocumentGateway(client),
        searches=SearchGateway(client),
        tunings=TuningGateway(client),
        sweeps=SweepGateway(client),
        service=TemporalServiceGateway(client),
    )
    return build_app_over(services, workflows)


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
    process = Process(
        stopping=asyncio.Event(),
        doors=build_doors(services.settings.turns_at_once),
        followers=Followers(),
        readiness=health.readiness_probe(services, workflows),
    )
    set_context(app, Context(services, workflows, process))
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
