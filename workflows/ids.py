"""Names of task queues and workers, and workflow ids: built and parsed here only."""

from collections.abc import Collection
from typing import Final, NamedTuple
from uuid import UUID

CHAT_QUEUE: Final = "chat"
INGEST_QUEUE: Final = "ingest"
_LACKS: Final = " lacks "


class TurnIdentity(NamedTuple):
    tenant_id: UUID
    turn_id: str


class IngestIdentity(NamedTuple):
    tenant_id: UUID
    document_id: UUID


def worker_identity(process: int, host: str, lacks: Collection[str]) -> str:
    """How a worker calls itself to Temporal: where it runs, and which layers of confinement it lacks."""
    place = f"{process}@{host}"
    return f"{place}{_LACKS}{','.join(sorted(lacks))}" if lacks else place


def layers_lacking(identity: str) -> tuple[str, ...]:
    """The layers of confinement that the worker of this identity lacks."""
    _, _, names = identity.partition(_LACKS)
    return tuple(name for name in names.split(",") if name)


def turn_workflow_id(tenant_id: UUID, turn_id: str) -> str:
    return f"turn/{tenant_id}/{turn_id}"


def ingest_workflow_id(tenant_id: UUID, document_id: UUID) -> str:
    return f"ingest/{tenant_id}/{document_id}"


def sweep_workflow_id(tenant_id: UUID) -> str:
    return f"sweep/{tenant_id}"


def search_workflow_id(tenant_id: UUID, search_id: UUID) -> str:
    return f"search/{tenant_id}/{search_id}"


def tuning_workflow_id(tenant_id: UUID) -> str:
    return f"feedback-tuning/{tenant_id}"


def parse_turn_workflow_id(workflow_id: str) -> TurnIdentity:
    """Raises ValueError for any other id."""
    kind, tenant_id, turn_id = workflow_id.split("/")
    if kind != "turn":
        raise ValueError(f"{workflow_id!r} is not the id of a turn")
    return TurnIdentity(UUID(tenant_id), turn_id)


def parse_ingest_workflow_id(workflow_id: str) -> IngestIdentity:
    """Raises ValueError for any other id."""
    kind, tenant_id, document_id = workflow_id.split("/")
    if kind != "ingest":
        raise ValueError(f"{workflow_id!r} is not the id of an ingest")
    return IngestIdentity(UUID(tenant_id), UUID(document_id))
