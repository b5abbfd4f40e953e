"""What workflows can be searched by in the Temporal UI, by name and type. docs/TEMPORAL_UI.md says how."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

AttributeType = Literal["Keyword", "KeywordList"]

TENANT_ID: Final = "TenantId"
PACK_ID: Final = "PackId"
INTENT: Final = "Intent"
OUTCOME: Final = "Outcome"
CHANNEL: Final = "Channel"
DOCUMENT_ID: Final = "DocumentId"
INGEST_STATE: Final = "IngestState"

SEARCH_ATTRIBUTES: Final[Mapping[str, AttributeType]] = MappingProxyType(
    {
        TENANT_ID: "Keyword",
        PACK_ID: "KeywordList",
        INTENT: "KeywordList",
        OUTCOME: "Keyword",
        CHANNEL: "Keyword",
        DOCUMENT_ID: "KeywordList",
        INGEST_STATE: "Keyword",
    }
)
"""A namespace on an SQL store has room for three of type KeywordList: these are all of them."""
