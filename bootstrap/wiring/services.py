"""The composition root: which adapter stands behind which port, for each kind of process."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from temporalio.client import Client

from activities.admission import Admissions
from activities.search.passage_guard import PassageGuard
from activities.search.passage_screening import PassageScreen
from adapters.object_store import MinioObjectStore
from adapters.packs.catalog import InstalledPacks
from adapters.personal_data import NumberingPlanDetector
from adapters.postgres.api_keys import PostgresApiKeys
from adapters.postgres.bots import PostgresBots
from adapters.postgres.conversations import PostgresConversations
from adapters.postgres.database import Database
from adapters.postgres.datasets import PostgresDatasets
from adapters.postgres.documents import PostgresDocuments
from adapters.postgres.feedback import PostgresFeedback
from adapters.postgres.ingests import PostgresIngests
from adapters.postgres.passage_texts import PostgresPassageTexts
from adapters.postgres.policies import PostgresPolicies
from adapters.postgres.stored_passages import PostgresStoredPassages
from adapters.postgres.tenants import PostgresTenants
from adapters.postgres.turns import PostgresTurns
from adapters.temporal.history import recorded_events
from bootstrap.settings import Settings
from bootstrap.wiring.clients import open_database, open_object_store, open_temporal
from domain.audit.projection import RecordedEvent


@dataclass(frozen=True)
class Services:
    """What the API needs."""

    settings: Settings
    database: Database
    api_keys: PostgresApiKeys
    bots: PostgresBots
    policies: PostgresPolicies
    tenants: PostgresTenants
    datasets: PostgresDatasets
    turns: PostgresTurns
    conversations: PostgresConversations
    ingests: PostgresIngests
    documents: PostgresDocuments
    object_store: MinioObjectStore
    passage_texts: PostgresPassageTexts
    stored_passages: PostgresStoredPassages
    passage_guard: PassageGuard
    feedback: PostgresFeedback
    packs: InstalledPacks
    detector: NumberingPlanDetector
    temporal: Client
    read_history: Callable[[str], Awaitable[list[RecordedEvent]]]


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open the API's side of every outside system. None has to answer yet: the API itself says what does not."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings))
        temporal = await open_temporal(settings, lazy=True)
        detector = NumberingPlanDetector()
        yield Services(
            settings=settings,
            database=database,
            api_keys=PostgresApiKeys(database),
            bots=PostgresBots(database),
            policies=PostgresPolicies(database),
            tenants=PostgresTenants(database),
            datasets=PostgresDatasets(database),
            turns=PostgresTurns(database),
            conversations=PostgresConversations(database),
            ingests=PostgresIngests(database),
            documents=PostgresDocuments(database),
            object_store=open_object_store(settings),
            passage_texts=PostgresPassageTexts(database),
            stored_passages=PostgresStoredPassages(database),
            passage_guard=PassageGuard(PassageScreen(), Admissions(), detector),
            feedback=PostgresFeedback(database),
            packs=InstalledPacks(),
            detector=detector,
            temporal=temporal,
            read_history=partial(recorded_events, temporal),
        )
