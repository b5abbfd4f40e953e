"""What a support person reads in the Temporal UI of an ingest or a removal that has just begun."""

from domain.knowledge.document import DocumentRemoval
from domain.knowledge.version import DocumentVersion
from domain.text.canonical import listed
from workflows.pages.text import one_line, shown


def ingest_started_page(version: DocumentVersion) -> str:
    roles = f" with the roles {one_line(listed(version.roles))}" if version.roles else ""
    return (
        f"**Document:** {shown(version.external_key)}, `{version.document_id}`, "
        f"in dataset `{version.dataset_id}`\n\n"
        f"**Its first upload in this run:** `{version.version_id}`, {version.artifact.size_bytes:,} bytes of "
        f"`{version.artifact.media_type}`, for {version.visibility} readers{roles}; uploaded "
        f"with the key `{version.submitted_by}`. Later uploads stand in the event history as updates.\n\n"
        f"**Read on:** its state: `answerable ingests show {version.version_id}`; the answers that cite it: filter "
        f'`WorkflowType = "ChatTurn" AND DocumentId = "{version.document_id}"`'
    )


def removal_started_page(removal: DocumentRemoval) -> str:
    return (
        f"**Document:** {shown(removal.external_key)}, `{removal.document_id}`, "
        f"in dataset `{removal.dataset_id}`\n\n"
        f"**Deleted with the key:** `{removal.requested_by}`. It leaves the answers at once; its versions and "
        "passages stay, so that old citations open. An upload of the same name brings it back.\n\n"
        f"**Read on:** the answers that cite it: filter "
        f'`WorkflowType = "ChatTurn" AND DocumentId = "{removal.document_id}"`'
    )
