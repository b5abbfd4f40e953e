"""What routes depend on: one context an application, of which each route names the parts that it uses.

``ServicesDep`` gives the repositories and stores, ``WorkflowsDep`` the workflows, ``ProcessDep`` what this process
keeps in memory. ``build_app`` fills the context; unit tests fill it with fakes.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol, cast

from fastapi import Depends, FastAPI, Request

from api.process.fair_doors import Door, FairDoor
from api.process.followers import Followers
from api.process.readiness import ReadinessProbe
from api.workflow_ports import Workflows
from domain.bots.ports import BotRepository
from domain.conversations.ports import ConversationRepository, TurnArchive
from domain.feedback.ports import FeedbackRepository
from domain.guardrails.ports import PiiDetector
from domain.guardrails.reviews import PassageReviewer
from domain.identity.ports import ApiKeyRepository
from domain.identity.tenant import TenantRepository
from domain.knowledge.ports import DatasetRepository, DocumentRepository, IngestRepository, ObjectStore
from domain.packs.ports import PackCatalog
from domain.policy.ports import PolicyRepository
from domain.search.ports import PassageTexts, StoredPassages


class Limits(Protocol):
    """The settings that bound a request: sizes in bytes, the wait for an answer in seconds, turns that are
    computed at once."""

    @property
    def max_request_bytes(self) -> int: ...

    @property
    def max_upload_bytes(self) -> int: ...

    @property
    def turn_wait_seconds(self) -> float: ...

    @property
    def turns_at_once(self) -> int: ...

    @property
    def refusals_per_second(self) -> float: ...


class Services(Protocol):
    """Repositories and stores that the routes read; every call takes the tenant."""

    @property
    def settings(self) -> Limits: ...

    @property
    def api_keys(self) -> ApiKeyRepository: ...

    @property
    def bots(self) -> BotRepository: ...

    @property
    def policies(self) -> PolicyRepository: ...

    @property
    def tenants(self) -> TenantRepository: ...

    @property
    def datasets(self) -> DatasetRepository: ...

    @property
    def turns(self) -> TurnArchive: ...

    @property
    def conversations(self) -> ConversationRepository: ...

    @property
    def ingests(self) -> IngestRepository: ...

    @property
    def documents(self) -> DocumentRepository: ...

    @property
    def object_store(self) -> ObjectStore: ...

    @property
    def passage_texts(self) -> PassageTexts: ...

    @property
    def stored_passages(self) -> StoredPassages: ...

    @property
    def passage_guard(self) -> PassageReviewer:
        """The one that passages of searches are reviewed with."""
        ...

    @property
    def feedback(self) -> FeedbackRepository: ...

    @property
    def packs(self) -> PackCatalog: ...

    @property
    def detector(self) -> PiiDetector:
        """The one that answers are guarded with."""
        ...


@dataclass(frozen=True)
class Process:
    """What one process keeps in memory. ``stopping`` is set when the process was asked to stop."""

    stopping: asyncio.Event
    doors: Mapping[Door, FairDoor]
    followers: Followers
    readiness: ReadinessProbe


@dataclass(frozen=True)
class Context:
    """Everything that routes depend on."""

    services: Services
    workflows: Workflows
    process: Process


def set_context(app: FastAPI, context: Context) -> None:
    app.state.context = context


def process_of(app: FastAPI) -> Process:
    return cast(Context, app.state.context).process


def context_of(request: Request) -> Context:
    """The context of the application that serves the request."""
    return cast(Context, request.app.state.context)


# Asynchronous only because the framework runs synchronous dependencies in a thread.
async def _services(request: Request) -> Services:
    return context_of(request).services


async def _workflows(request: Request) -> Workflows:
    return context_of(request).workflows


async def _process(request: Request) -> Process:
    return context_of(request).process


ServicesDep = Annotated[Services, Depends(_services)]
WorkflowsDep = Annotated[Workflows, Depends(_workflows)]
ProcessDep = Annotated[Process, Depends(_process)]
