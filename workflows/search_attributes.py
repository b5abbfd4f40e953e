"""What workflows can be searched by in the Temporal UI. All are keywords."""

from typing import Final

from temporalio.common import SearchAttributeKey

TENANT_ID: Final = SearchAttributeKey.for_keyword("TenantId")
PACK_ID: Final = SearchAttributeKey.for_keyword("PackId")
INTENT: Final = SearchAttributeKey.for_keyword("Intent")
OUTCOME: Final = SearchAttributeKey.for_keyword("Outcome")
CHANNEL: Final = SearchAttributeKey.for_keyword("Channel")
DOCUMENT_ID: Final = SearchAttributeKey.for_keyword("DocumentId")
INGEST_STATE: Final = SearchAttributeKey.for_keyword("IngestState")
