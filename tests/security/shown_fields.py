"""The free texts of all responses, by what they are: whoever adds one says here what keeps secrets out of it."""

from collections.abc import Iterator
from typing import Final

from tests.security.operations import DOCUMENT, Operation, Schema

_ANSWERS: Final = ("ChatResponse.answer", "MessageBody.text", "MetaBody.understood_as", "MessageBody.understood_as")
_CITED: Final = ("title", "section_heading", "source", "url")
_QUOTED: Final = (*_CITED, "quote")
_LISTED: Final = ("name", "title", "url")

SHOWN: Final[dict[str, str]] = {
    **dict.fromkeys(_ANSWERS, "guarded as an answer; of another asker's redacted, or withheld"),
    **{f"CitationBody.{field}": "guarded with the answer" for field in _QUOTED},
    **{f"{body}.{field}": "reviewed by the passage guard" for body in ("SearchResultBody", "ExplainedResult")
       for field in (*_CITED, "text")},
    **{f"PassageBody.{field}": "reviewed by the passage guard" for field in (*_CITED, "text")},
    "QuotedBody.text": "cut from the text that the passage guard reviewed",
    **{f"{body}.question": "the asker's own, or redacted" for body in ("TurnItem", "ConversationItem")},
    **{f"{body}.{field}": "the identity of a document" for body in ("IngestStatus", "UploadAccepted")
       for field in _LISTED},
    **dict.fromkeys(("DocumentBody.name", "LiveBody.title", "LiveBody.url"), "the identity of a document"),
    "JudgedDocumentBody.name": "redacted, of documents that the reader may see",
    ".data": "an IngestStatus",
    "JsonValue *": "redacted where it is an audit's or a tool's; details of errors",
    "ErrorBody.message": "our own words",
    "AnswerWarning.message": "our own words, with rules and redacted texts",
}  # fmt: skip
"""Texts that may come from a document or a person."""

OURS: Final = frozenset(
    (
        *(".id", "ActionTaken.tool", "AnswerWarning.code", "AuditBody.trace_id", "AuditEvent.trace_id"),
        *(f"AppliedFilters.{name}" for name in ("languages", "pack_ids", "roles", "tags", "tiers")),
        *(f"AttributeFilter.{name}" for name in ("any_of", "at_least", "at_most")),
        *("ConversationItem.channel", "PassageBody.pack_id", "PassageBody.suspicious"),
        *("TurnItem.channel", "TurnItem.trace_id", "TurnPage.next"),
        *("BotBody.name", "ConversationBody.channel", "DailyBody.day", "DatasetBody.name", "DatasetBody.pack_id"),
        *("DenyRuleBody.pattern", "Dependency.hint", "Dependency.name", "ErrorBody.code", "Readiness.warnings"),
        *("ExplainedResult.pack_id", "ExplainedResult.suspicious", "ExplainedSearch.denied"),
        *("ExplainedSearch.embedding_model", "FeedbackResponse.trace_id"),
        *("GrantRuleBody.packs", "GrantRuleBody.role", "GrantRuleBody.tools"),
        *("IngestStatus.artifacts", "LeftOverItem.id", "LeftOverItem.reason", "MessageBody.trace_id"),
        *("MetaBody.packs_used", "MetaBody.trace_id"),
        *(f"PackBody.{name}" for name in ("description", "display_name", "pack_id", "sample_questions")),
        *("PolicyVersionBody.set_by", "RerankProvenance.model", "RetrievalMeta.embedding_model"),
        *("SearchResponse.denied", "SearchResultBody.pack_id", "SearchResultBody.suspicious"),
        *("TenantBody.name", "TenantBody.time_zone", "TuningBody.created_by"),
        *("TurnAccepted.location", "TurnAccepted.trace_id", "TurnStatus.trace_id", "UploadAccepted.artifacts"),
    )
)
"""Names, ids and figures that no document and no asker writes."""


def free_texts(operation: Operation) -> set[str]:
    """Every text in the operation's good responses that its schema leaves free, as BODY.FIELD."""
    contents = [
        content["schema"]
        for status, response in operation.described["responses"].items()
        if int(status) < 400
        for content in response.get("content", {}).values()
    ]
    return {found for schema in contents for found in _texts(schema, "", frozenset())}


def _texts(schema: Schema, name: str, above: frozenset[str]) -> Iterator[str]:
    if reference := schema.get("$ref"):
        body = reference.rpartition("/")[2]
        if body not in above:
            yield from _texts(DOCUMENT["components"]["schemas"][body], body, above | {body})
        return
    for kind in _inner(schema):
        yield from _texts(kind, name, above)
    for field, kind in schema.get("properties", {}).items():
        yield from _texts(kind, f"{name.split('.', maxsplit=1)[0]}.{field}", above)
    if _is_anything(schema):
        yield f"{name} *"
    if schema.get("type") == "string" and not {"enum", "const", "format", "pattern"} & set(schema):
        yield name


def _inner(schema: Schema) -> Iterator[Schema]:
    """The alternatives of a schema, the items of a list, and the values of a mapping."""
    for key in ("anyOf", "oneOf", "allOf"):
        yield from schema.get(key, ())
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield schema[key]


def _is_anything(schema: Schema) -> bool:
    is_open = schema.get("type") == "object" and not {"properties", "additionalProperties"} & set(schema)
    return not schema or is_open or schema.get("additionalProperties") is True
