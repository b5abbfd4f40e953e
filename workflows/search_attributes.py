"""The keys by which workflows set their search attributes: those of ``domain.audit.search_attributes``, typed.

A turn has the outcome, every intent, the packs that were searched and the documents that its answer cites; an
attribute that would be empty is not set. ``DocumentId = "…"`` finds a document's ingests and the turns that cite it.
"""

from typing import Final

from temporalio.common import SearchAttributeKey

from domain.audit import search_attributes as names

TENANT_ID: Final = SearchAttributeKey.for_keyword(names.TENANT_ID)
PACK_ID: Final = SearchAttributeKey.for_keyword_list(names.PACK_ID)
INTENT: Final = SearchAttributeKey.for_keyword_list(names.INTENT)
OUTCOME: Final = SearchAttributeKey.for_keyword(names.OUTCOME)
CHANNEL: Final = SearchAttributeKey.for_keyword(names.CHANNEL)
DOCUMENT_ID: Final = SearchAttributeKey.for_keyword_list(names.DOCUMENT_ID)
INGEST_STATE: Final = SearchAttributeKey.for_keyword(names.INGEST_STATE)
