"""What workflows can be searched by in the Temporal UI. docs/TEMPORAL_UI.md says how.

A turn has the outcome, every intent, the packs that were searched and the documents that its answer cites; an
attribute that would be empty is not set. ``DocumentId = "…"`` finds a document's ingests and the turns that cite it.
"""

from typing import Final
from uuid import UUID

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

TENANT_ID: Final = SearchAttributeKey.for_keyword("TenantId")
PACK_ID: Final = SearchAttributeKey.for_keyword_list("PackId")
INTENT: Final = SearchAttributeKey.for_keyword_list("Intent")
OUTCOME: Final = SearchAttributeKey.for_keyword("Outcome")
CHANNEL: Final = SearchAttributeKey.for_keyword("Channel")
DOCUMENT_ID: Final = SearchAttributeKey.for_keyword_list("DocumentId")
INGEST_STATE: Final = SearchAttributeKey.for_keyword("IngestState")


def of_tenant(tenant_id: UUID) -> TypedSearchAttributes:
    """Those of a workflow that is found by its tenant alone."""
    return TypedSearchAttributes([SearchAttributePair(TENANT_ID, str(tenant_id))])
