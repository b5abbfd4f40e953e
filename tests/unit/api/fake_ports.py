"""Fakes of the ports behind the HTTP edge, in memory and per tenant."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from domain.bots.bot import Bot, BotChanges
from domain.bots.errors import BotNotFoundError
from domain.errors import AnswerableError, Failure
from domain.identity.principal import Principal, Reader
from domain.knowledge.dataset import Dataset
from domain.knowledge.document import (
    DocumentRemoval,
    DocumentState,
    LatestIngest,
    LibraryDocument,
    LiveVersion,
    RemovedDocument,
)
from domain.knowledge.errors import DatasetNotFoundError
from domain.knowledge.ingest import Ingest, IngestStage, IngestState, Progress
from domain.knowledge.version import DocumentVersion

NOW = datetime(2025, 1, 31, 9, 30, tzinfo=UTC)
SECRET = "s" * 43


def key_text(tenant_id: UUID, prefix: str, secret: str = SECRET) -> str:
    return f"ans_{tenant_id.hex}_{prefix}_{secret}"


class Keys:
    def __init__(self) -> None:
        self.principals: dict[tuple[UUID, str, str], Principal] = {}
        self.failure: AnswerableError | None = None

    def add(self, principal: Principal, prefix: str) -> str:
        digest = hashlib.sha256(SECRET.encode()).hexdigest()
        self.principals[principal.tenant_id, prefix, digest] = principal
        return key_text(principal.tenant_id, prefix)

    async def authenticate(self, tenant_id: UUID, prefix: str, secret_sha256: str) -> Principal | None:
        if self.failure:
            raise self.failure
        return self.principals.get((tenant_id, prefix, secret_sha256))


class Bots:
    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def get(self, tenant_id: UUID, bot_id: UUID) -> Bot:
        if (tenant_id, bot_id) != (self._bot.tenant_id, self._bot.bot_id):
            raise BotNotFoundError("There is no such bot.", bot_id=str(bot_id))
        return self._bot

    async def default(self, tenant_id: UUID) -> Bot:
        return await self.get(tenant_id, self._bot.bot_id)

    async def list(self, tenant_id: UUID) -> tuple[Bot, ...]:
        return (self._bot,) if tenant_id == self._bot.tenant_id else ()

    async def change(self, tenant_id: UUID, bot_id: UUID, changes: BotChanges) -> Bot:
        self._bot = changes.applied_to(await self.get(tenant_id, bot_id))
        return self._bot


class Datasets:
    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self.others: tuple[Dataset, ...] = ()
        self.failure: Exception | None = None

    async def get(self, tenant_id: UUID, dataset_id: UUID) -> Dataset:
        if (tenant_id, dataset_id) != (self._dataset.tenant_id, self._dataset.dataset_id):
            raise DatasetNotFoundError("There is no such dataset.", dataset_id=str(dataset_id))
        return self._dataset

    async def list(self, tenant_id: UUID) -> tuple[Dataset, ...]:
        if self.failure:
            raise self.failure
        return (self._dataset, *self.others) if tenant_id == self._dataset.tenant_id else ()


class Ingests:
    def __init__(self) -> None:
        self.looked = asyncio.Event()
        self.rows: dict[UUID, Ingest] = {}

    async def register(self, version: DocumentVersion) -> Ingest:
        for known in self.rows.values():
            if known.version.document_id == version.document_id and (
                known.version.version_id == version.version_id or known.version.fingerprint == version.fingerprint
            ):
                return known
        ingest = Ingest(
            version=version,
            version_number=len(self.rows) + 1,
            state=IngestState.QUEUED,
            progress=Progress(stage=IngestStage.REGISTER, done=0, total=1),
            updated_at=NOW + timedelta(seconds=len(self.rows)),
        )
        return self.rows.setdefault(version.version_id, ingest)

    async def get(self, tenant_id: UUID, version_id: UUID, reader: Reader | None = None) -> Ingest | None:
        self.looked.set()
        found = self.rows.get(version_id)
        return found if found and found.version.tenant_id == tenant_id and _sees(reader, found.version) else None

    async def list(
        self,
        tenant_id: UUID,
        reader: Reader | None,
        *,
        dataset_id: UUID | None = None,
        state: IngestState | None = None,
        limit: int = 100,
        after: UUID | None = None,
    ) -> tuple[Ingest, ...]:
        of_tenant = [row for row in reversed(self.rows.values()) if row.version.tenant_id == tenant_id]
        found = [row for row in of_tenant if _sees(reader, row.version)]
        ids = [row.version.version_id for row in found]
        start = ids.index(after) + 1 if after else 0
        return tuple(found[start : start + limit])

    async def advance(self, *_: object) -> None:
        raise NotImplementedError

    async def settle(self, tenant_id: UUID, version_id: UUID, state: IngestState, failure: Failure | None) -> Ingest:
        settled = self.rows[version_id].model_copy(update={"state": state, "failure": failure})
        self.rows[version_id] = settled
        return settled


class Documents:
    """What the ingests say of their documents; those in ``deleted`` are deleted."""

    def __init__(self, ingests: Ingests) -> None:
        self._ingests = ingests
        self.deleted: set[UUID] = set()
        self.unseen: set[UUID] = set()

    async def get(
        self, tenant_id: UUID, dataset_id: UUID, document_id: UUID, reader: Reader | None
    ) -> LibraryDocument | None:
        found = await self.list(tenant_id, dataset_id, reader)
        deleted = await self.list(tenant_id, dataset_id, reader, state=DocumentState.DELETED)
        return next((one for one in (*found, *deleted) if one.document_id == document_id), None)

    async def list(
        self,
        tenant_id: UUID,
        dataset_id: UUID,
        reader: Reader | None,
        *,
        state: DocumentState | None = None,
        limit: int = 100,
        after: UUID | None = None,
    ) -> tuple[LibraryDocument, ...]:
        of_tenant = [row for row in self._ingests.rows.values() if row.version.tenant_id == tenant_id]
        rows = [row for row in of_tenant if _sees(reader, row.version)]
        latest = {row.version.document_id: row for row in rows if row.version.dataset_id == dataset_id}
        found = sorted((self._of(row) for row in latest.values()), key=lambda one: one.external_key)
        shown = [one for one in found if (one.state is state if state else one.state is not DocumentState.DELETED)]
        start = [one.document_id for one in shown].index(after) + 1 if after else 0
        return tuple(shown[start : start + limit])

    async def seen_versions(self, tenant_id: UUID, version_ids: Sequence[UUID], reader: Reader) -> set[UUID]:
        return {one for one in version_ids if one not in self.unseen}

    async def remove(self, removal: DocumentRemoval) -> RemovedDocument:
        self.deleted.add(removal.document_id)
        return RemovedDocument(document_id=removal.document_id, last_version_number=1, deleted_at=NOW)

    def _of(self, row: Ingest) -> LibraryDocument:
        version = row.version
        is_deleted = version.document_id in self.deleted
        is_live = row.state is IngestState.SUCCEEDED and not is_deleted
        live = LiveVersion(
            version_id=version.version_id,
            version_number=row.version_number,
            title=version.title or version.external_key,
            url=version.url,
            visibility=version.visibility,
            passages=1,
        )
        unfinished = DocumentState.ABSENT if row.state.is_terminal else DocumentState.INGESTING
        return LibraryDocument(
            tenant_id=version.tenant_id,
            dataset_id=version.dataset_id,
            document_id=version.document_id,
            external_key=version.external_key,
            state=DocumentState.DELETED if is_deleted else DocumentState.LIVE if is_live else unfinished,
            live=live if is_live else None,
            latest=LatestIngest(
                version_id=version.version_id,
                version_number=row.version_number,
                state=row.state,
                failure=row.failure,
                updated_at=row.updated_at,
            ),
            deleted_at=NOW if is_deleted else None,
        )


def _sees(reader: Reader | None, version: DocumentVersion) -> bool:
    own = reader is None or version.submitted_by == reader.principal_id
    return own or version.visibility in (reader.visibilities if reader else ())


class Objects:
    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        self.stored[key] = path.read_bytes()  # noqa: ASYNC240 - a test's small file

    async def put(self, key: str, content: bytes) -> None:
        self.stored[key] = content

    async def get(self, key: str) -> bytes:
        return self.stored[key]

    async def get_file(self, key: str, path: Path) -> None:
        path.write_bytes(self.stored[key])  # noqa: ASYNC240 - a test's small file

    async def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.stored.pop(key, None)

    async def list(self, prefix: str) -> AsyncIterator[str]:
        for key in self.stored:
            if key.startswith(prefix):
                yield key

    async def size(self, key: str) -> int | None:
        return len(self.stored[key]) if key in self.stored else None

    def uri(self, key: str) -> str:
        return f"s3://bucket/{key}"


class PassageTexts:
    """Texts by passage, of one tenant."""

    def __init__(self) -> None:
        self.texts: dict[UUID, str] = {}

    async def passage_texts(self, tenant_id: UUID, passage_ids: Sequence[UUID]) -> dict[UUID, str]:
        return {passage_id: self.texts[passage_id] for passage_id in passage_ids if passage_id in self.texts}
