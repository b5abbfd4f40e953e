"""The one description of the schema: migrations are generated from it and checked against it."""

from adapters.postgres.models.access import ApiKeyRow, BotDatasetRow, BotRow, PolicyRow, TenantRow
from adapters.postgres.models.base import Base
from adapters.postgres.models.conversation import ConversationRow, MessageRow, TurnRow
from adapters.postgres.models.document import DatasetRow, DocumentRow, DocumentVersionRow, PassageRow
from adapters.postgres.models.feedback import DocumentBoostRow, FeedbackRow, TuningRow
from adapters.postgres.models.index import (
    IndexGenerationRow,
    IndexPassageRow,
    IndexPostingRow,
    IndexSegmentRow,
    SpanRow,
)

metadata = Base.metadata

__all__ = [
    "ApiKeyRow",
    "Base",
    "BotDatasetRow",
    "BotRow",
    "ConversationRow",
    "DatasetRow",
    "DocumentBoostRow",
    "DocumentRow",
    "DocumentVersionRow",
    "FeedbackRow",
    "IndexGenerationRow",
    "IndexPassageRow",
    "IndexPostingRow",
    "IndexSegmentRow",
    "MessageRow",
    "PassageRow",
    "PolicyRow",
    "SpanRow",
    "TenantRow",
    "TuningRow",
    "TurnRow",
    "metadata",
]
