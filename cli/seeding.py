"""The packs' own documents, brought in as any client would: uploaded, ingested by workflows, awaited."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import UUID

from pydantic import SecretStr

import answerable_sdk
from answerable_sdk import Answerable, Ingest, UploadOptions
from bootstrap.demo import DATASET_NAME, pack_documents
from bootstrap.errors import StartupError
from domain.packs.pack import PackDocument

_AT_ONCE: Final = 4
_WAIT_SECONDS: Final = 300.0


def seed_documents(api_url: str, key: SecretStr) -> int:
    """Ingest every installed pack's documents and return how many there are; unchanged ones cost nothing.

    Raises StartupError naming the documents that could not be ingested.
    """
    documents = pack_documents()
    try:
        with Answerable(api_url, key.get_secret_value()) as client, ThreadPoolExecutor(_AT_ONCE) as pool:
            datasets = {
                found.pack_id: found.dataset_id for found in client.datasets.list() if found.name == DATASET_NAME
            }
            ended = list(pool.map(lambda one: _ingest(client, datasets[one.pack_id], one), documents))
    except answerable_sdk.AnswerableError as error:
        raise StartupError("The ingest of the packs' documents", str(error)) from error
    failed = [_explain(ingest) for ingest in ended if ingest.state not in ("succeeded", "superseded")]
    if failed:
        raise StartupError("The ingest of the packs' documents", "; ".join(failed))
    return len(documents)


def _ingest(client: Answerable, dataset_id: UUID, document: PackDocument) -> Ingest:
    options = UploadOptions(visibility=document.visibility)
    if document.url:
        options["url"] = document.url
    accepted = client.documents.upload(dataset_id, document.path, name=document.name, **options)
    return client.ingests.wait(accepted.ingest_id, timeout=_WAIT_SECONDS)


def _explain(ingest: Ingest) -> str:
    return f"{ingest.name}: {ingest.error.message if ingest.error else ingest.state}"
