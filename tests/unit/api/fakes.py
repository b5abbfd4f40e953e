"""Everything behind the HTTP edge, faked: the workflows, and one tenant with a bot and a dataset."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from activities.admission import Admissions
from activities.search.passage_guard import PassageGuard
from activities.search.passage_screening import PassageScreen
from adapters.personal_data import NumberingPlanDetector
from api.workflow_ports import Workflows
from domain.bots.bot import Bot
from domain.identity.principal import KeyScope, Principal
from domain.knowledge.dataset import Dataset
from tests.unit.api.fake_feedback import FeedbackStore
from tests.unit.api.fake_packs import Packs
from tests.unit.api.fake_policies import Policies, Tenants
from tests.unit.api.fake_ports import (
    Bots,
    Datasets,
    Documents,
    Ingests,
    Keys,
    Objects,
    PassageTexts,
)
from tests.unit.api.fake_turns import Conversations, StoredPassages, Turns
from tests.unit.api.fake_workflows import DocumentRuns, Searches, Service, Sweeps, Tunings, TurnRuns


@dataclass(frozen=True)
class Limits:
    max_request_bytes: int = 16_384
    max_upload_bytes: int = 1_000_000
    turn_wait_seconds: float = 1.0
    turns_at_once: int = 2
    refusals_per_second: float = 0


def make_bot(dataset: Dataset) -> Bot:
    return Bot(bot_id=uuid4(), tenant_id=dataset.tenant_id, name="Bot", version=1, datasets=(dataset,), is_default=True)


def make_dataset() -> Dataset:
    return Dataset(dataset_id=uuid4(), tenant_id=uuid4(), pack_id="support", name="Support")


@dataclass
class Backend:
    """Everything behind the edge, for one tenant with one bot and one dataset."""

    dataset: Dataset = field(default_factory=make_dataset)
    settings: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self.tenant_id = self.dataset.tenant_id
        self.bot = make_bot(self.dataset)
        self.api_keys = Keys()
        self.bots = Bots(self.bot)
        self.policies = Policies(self.bot)
        self.tenants = Tenants(self.tenant_id)
        self.datasets = Datasets(self.dataset)
        self.turns = Turns()
        self.conversations = Conversations()
        self.ingests = Ingests()
        self.object_store = Objects()
        self.packs = Packs()
        self.detector = NumberingPlanDetector()
        self.passage_texts = PassageTexts()
        self.stored_passages = StoredPassages()
        self.passage_guard = PassageGuard(PassageScreen(), Admissions(), self.detector)
        self.feedback = FeedbackStore()
        self.documents = Documents(self.ingests)
        self.turn_runs = TurnRuns(self.turns)
        self.document_runs = DocumentRuns(self.ingests, self.documents)
        self.searches = Searches()
        self.tunings = Tunings()
        self.service = Service()
        self._keys = 0

    @property
    def workflows(self) -> Workflows:
        return Workflows(
            turns=self.turn_runs,
            documents=self.document_runs,
            searches=self.searches,
            tunings=self.tunings,
            sweeps=Sweeps(),
            service=self.service,
        )

    def new_key(
        self, scopes: Sequence[KeyScope] = tuple(KeyScope), tenant_id: UUID | None = None, roles: Sequence[str] = ()
    ) -> str:
        self._keys += 1
        principal = Principal(
            tenant_id=tenant_id or self.tenant_id,
            kind="api_key",
            id=f"key-{self._keys}",
            name="a key",
            scopes=tuple(scopes),
            roles=tuple(roles),
        )
        return self.api_keys.add(principal, f"{self._keys:012x}")
