"""Documents of datasets: list, upload, delete."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack
from uuid import UUID

from answerable_sdk.model import ErrorBody, Model
from answerable_sdk.resources.ingests import Ingest
from answerable_sdk.transport.call import Call, Id, Upload, idempotency, parse_as, segment, without_none
from answerable_sdk.transport.methods import Mode, Resource, iterator, method
from answerable_sdk.transport.paging import MAX_PAGE, items_of_pages
from answerable_sdk.transport.steps import Items, Steps


class UploadOptions(TypedDict, total=False):
    """What an upload may say of the document. Searches can be narrowed by tags, tier, language and attributes.
    ``wait``: answer only when the ingest ended, or the server's time for it is over."""

    title: str
    url: str
    visibility: str
    roles: Sequence[str]
    tags: Sequence[str]
    tier: str
    language: str
    attributes: Mapping[str, str | int | float | bool]
    wait: bool


class LiveVersion(Model):
    """The version of a document that answers. ``ingest_id`` is the ingest that brought it."""

    version: int
    ingest_id: UUID
    title: str
    url: str | None
    visibility: str
    passages: int


class LatestIngest(Model):
    """The ingest of a document's newest version, live or not."""

    version: int
    ingest_id: UUID
    state: str
    error: ErrorBody | None
    updated_at: datetime


class Document(Model):
    """A document of a dataset. ``state``: live, ingesting, absent (nothing of it ever answered) or deleted."""

    document_id: UUID
    dataset_id: UUID
    name: str
    state: str
    live: LiveVersion | None
    latest: LatestIngest
    deleted_at: datetime | None


class DocumentPage(Model):
    """Documents by name; ``next`` continues the list as ``after``."""

    items: tuple[Document, ...]
    next: UUID | None


class Documents(Resource[Mode]):
    """``client.documents``."""

    @method
    def list(
        self, dataset_id: Id, *, state: str | None = None, limit: int = 50, after: Id | None = None
    ) -> Steps[DocumentPage]:
        """One page of a dataset's documents, by name. Deleted ones are listed only with ``state="deleted"``."""
        return self._send(_page_call(dataset_id, state, limit, after))

    @iterator
    def all(self, dataset_id: Id, *, state: str | None = None) -> Items[Document]:
        """Every document of a dataset, by name, fetched page by page."""
        return items_of_pages(lambda after: self._send(_page_call(dataset_id, state, MAX_PAGE, after)))

    @method
    def upload(
        self,
        dataset_id: Id,
        source: Path | str | bytes,
        *,
        name: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[UploadOptions],
    ) -> Steps[Ingest]:
        """Upload a file by its path, or bytes with a ``name``, and return the ingest that this began.

        Raises ValueError for bytes without a name, OSError for a file that cannot be read.
        """
        upload = _upload(source, name, options)
        headers = idempotency(idempotency_key)
        return self._send(Call("POST", _path(dataset_id), parse_as(Ingest), headers=headers, upload=upload))

    @method
    def delete(self, dataset_id: Id, document_id: Id) -> Steps[Document]:
        """Remove a document from the answers at once. Deleting it again changes nothing. Raises NotFoundError."""
        return self._send(Call("DELETE", f"{_path(dataset_id)}/{segment(document_id)}", parse_as(Document)))


def _path(dataset_id: Id) -> str:
    return f"/v1/datasets/{segment(dataset_id)}/documents"


def _page_call(dataset_id: Id, state: str | None, limit: int, after: Id | None) -> Call[DocumentPage]:
    params = without_none(state=state, limit=limit, after=after)
    return Call("GET", _path(dataset_id), parse_as(DocumentPage), params=params)


def _upload(source: bytes | Path | str, name: str | None, options: UploadOptions) -> Upload:
    fields: dict[str, Any] = without_none(**options)
    if "attributes" in fields:
        fields["attributes"] = json.dumps(fields["attributes"])
    if isinstance(source, bytes):
        if not name:
            raise ValueError("bytes need a name: upload(dataset_id, content, name='guide.md')")
        return Upload(name, source, {"name": name, **fields})
    path = Path(source)
    name = name or path.name
    return Upload(name, path, {"name": name, **fields})
