"""Every call of the API: how to build its request and read its response. Sends nothing."""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Generic, TypeAlias, TypedDict, TypeVar
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

from answerable_sdk import models
from answerable_sdk.bots import Bot, BotChanges, BotList
from answerable_sdk.errors import error_from
from answerable_sdk.feedback import Feedback, FeedbackAnalytics, Tuning, TuningList
from answerable_sdk.searching import ExplainedSearch, Search
from answerable_sdk.sweeps import Sweep

Result = TypeVar("Result")
ModelResult = TypeVar("ModelResult", bound=models.Model)
Id: TypeAlias = UUID | str
Messages: TypeAlias = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Upload:
    """A file to send; read anew for each attempt."""

    name: str
    content: bytes | Path
    fields: Mapping[str, Any] = field(default_factory=dict)

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """The content from its beginning. Raises OSError for a file that cannot be read."""
        with io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb") as opened:
            yield opened


@dataclass(frozen=True)
class Call(Generic[Result]):
    """One request and how to read its response. ``parse`` raises ResponseError for an error; ``retried`` is False
    where an error status is the answer."""

    method: str
    path: str
    parse: Callable[[httpx.Response], Result]
    json: Mapping[str, Any] | None = None
    params: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None
    retried: bool = True

    @contextmanager
    def arguments(self) -> Iterator[dict[str, Any]]:
        """Arguments for an httpx client's ``request``, with the file open for as long as the context lasts."""
        base = {
            "method": self.method,
            "url": self.path,
            "json": self.json,
            "params": self.params,
            "headers": self.headers,
        }
        if self.upload is None:
            yield base
            return
        with self.upload.opened() as content:
            yield base | {"data": self.upload.fields, "files": {"file": (self.upload.name, content)}}


def returns(model: type[ModelResult], *also: int) -> Callable[[httpx.Response], ModelResult]:
    """How a response that is a ``model`` is read, whose status is a success or one of ``also``."""

    def parse(response: httpx.Response) -> ModelResult:
        if response.is_success or response.status_code in also:
            return model.model_validate_json(response.content)
        raise error_from(response)

    return parse


def _chat_result(response: httpx.Response) -> models.ChatResponse | models.TurnAccepted:
    if response.status_code == 202:
        return returns(models.TurnAccepted)(response)
    return returns(models.ChatResponse)(response)


def _given(**values: Any) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, UUID) else value for name, value in values.items() if value is not None
    }


def segment(value: Id) -> str:
    """A value as one part of a path."""
    return quote(str(value), safe="")


def _keyed(key: str | None) -> dict[str, str]:
    return {"Idempotency-Key": key or str(uuid4())}


class Choices(TypedDict, total=False):
    """What a question may say besides its text."""

    bot_id: Id
    session_id: Id
    pack_hint: str
    metadata: Mapping[str, Any]


def ask(question: str | Messages, key: str | None, choices: Choices) -> Call[models.ChatResponse | models.TurnAccepted]:
    """POST /v1/chat with a text, or with messages of which the last is the user's."""
    text = {"message": question} if isinstance(question, str) else {"messages": [dict(one) for one in question]}
    return Call("POST", "/v1/chat", _chat_result, json={**text, **_given(**choices)}, headers=_keyed(key))


class SearchChoices(TypedDict, total=False):
    """What a search may say besides its text. ``mode``: hybrid, dense or lexical; ``fusion``: convex or rrf;
    ``weights``: {"dense": …, "lexical": …}; ``reranker``: none, local or cohere; ``filters``: pack_ids, tags, tiers,
    languages, updated_from, updated_before, attributes."""

    bot_id: Id
    dataset_ids: Sequence[Id]
    filters: Mapping[str, Any]
    top_k: int
    mode: str
    fusion: str
    weights: Mapping[str, float]
    reranker: str
    keep_copies: bool


def search(query: str, choices: SearchChoices) -> Call[Search]:
    """POST /v1/search."""
    return Call("POST", "/v1/search", returns(Search), json=_searched(query, choices))


def explain_search(query: str, choices: SearchChoices) -> Call[ExplainedSearch]:
    """POST /v1/search/debug."""
    return Call("POST", "/v1/search/debug", returns(ExplainedSearch), json=_searched(query, choices))


def _searched(query: str, choices: SearchChoices) -> dict[str, Any]:
    datasets = choices.get("dataset_ids")
    narrowed = {"dataset_ids": [str(dataset) for dataset in datasets]} if datasets is not None else {}
    return {"query": query, **_given(**choices), **narrowed}


def give_feedback(trace_id: str, rating: str, passage_id: Id | None, comment: str | None) -> Call[Feedback]:
    """POST /v1/feedback; a later word takes the place of the earlier."""
    body = {"trace_id": trace_id, "rating": rating, **_given(passage_id=passage_id, comment=comment)}
    return Call("POST", "/v1/feedback", returns(Feedback), json=body)


def feedback_analytics(days: int) -> Call[FeedbackAnalytics]:
    """GET /v1/feedback/analytics."""
    return Call("GET", "/v1/feedback/analytics", returns(FeedbackAnalytics), params={"days": days})


def tunings() -> Call[TuningList]:
    """GET /v1/admin/tuning."""
    return Call("GET", "/v1/admin/tuning", returns(TuningList))


def tune(activate: int | None) -> Call[Tuning]:
    """POST /v1/admin/tuning."""
    return Call("POST", "/v1/admin/tuning", returns(Tuning), json=_given(activate=activate))


def turn(trace_id: str) -> Call[models.Turn]:
    """GET /v1/turns/{trace_id}."""
    return Call("GET", f"/v1/turns/{segment(trace_id)}", returns(models.Turn))


def upload(dataset_id: Id, document: Upload, key: str | None) -> Call[models.Ingest]:
    """POST /v1/datasets/{dataset_id}/documents."""
    path = f"/v1/datasets/{segment(dataset_id)}/documents"
    return Call("POST", path, returns(models.Ingest), headers=_keyed(key), upload=document)


def document(source: bytes | Path | str, name: str | None, **fields: Any) -> Upload:
    """An upload from a path or from bytes, which need a name. Raises ValueError without one."""
    if fields.get("attributes") is not None:
        fields["attributes"] = json.dumps(fields["attributes"])
    if isinstance(source, bytes):
        if not name:
            raise ValueError("bytes need a name: upload(dataset_id, content, name='guide.md')")
        return Upload(name, source, _given(name=name, **fields))
    path = Path(source)
    return Upload(name or path.name, path, _given(name=name or path.name, **fields))


def ingest(ingest_id: Id) -> Call[models.Ingest]:
    """GET /v1/ingests/{ingest_id}."""
    return Call("GET", f"/v1/ingests/{segment(ingest_id)}", returns(models.Ingest))


def ingest_events_path(ingest_id: Id) -> str:
    """The path of GET /v1/ingests/{ingest_id}/events, which is a stream."""
    return f"/v1/ingests/{segment(ingest_id)}/events"


def ingests(state: str | None, dataset_id: Id | None, limit: int, after: Id | None) -> Call[models.IngestPage]:
    """GET /v1/ingests."""
    params = _given(state=state, dataset_id=dataset_id, limit=limit, after=after)
    return Call("GET", "/v1/ingests", returns(models.IngestPage), params=params)


def documents(dataset_id: Id, state: str | None, limit: int, after: Id | None) -> Call[models.DocumentPage]:
    """GET /v1/datasets/{dataset_id}/documents."""
    params = _given(state=state, limit=limit, after=after)
    path = f"/v1/datasets/{segment(dataset_id)}/documents"
    return Call("GET", path, returns(models.DocumentPage), params=params)


def delete_document(dataset_id: Id, document_id: Id) -> Call[models.Document]:
    """DELETE /v1/datasets/{dataset_id}/documents/{document_id}; deleting again changes nothing."""
    path = f"/v1/datasets/{segment(dataset_id)}/documents/{segment(document_id)}"
    return Call("DELETE", path, returns(models.Document))


def audit(trace_id: str) -> Call[models.Audit]:
    """GET /v1/audit/{trace_id}."""
    return Call("GET", f"/v1/audit/{segment(trace_id)}", returns(models.Audit))


def conversation(session_id: Id, limit: int, after: int | None) -> Call[models.Conversation]:
    """GET /v1/conversations/{session_id}."""
    path = f"/v1/conversations/{segment(session_id)}"
    return Call("GET", path, returns(models.Conversation), params=_given(limit=limit, after=after))


def sweep(remove: bool, older_than_seconds: int | None, key: str | None) -> Call[Sweep]:
    """POST /v1/admin/sweep."""
    body = {"remove": remove, **_given(older_than_seconds=older_than_seconds)}
    return Call("POST", "/v1/admin/sweep", returns(Sweep), json=body, headers=_keyed(key))


def last_sweep() -> Call[Sweep]:
    """GET /v1/admin/sweep."""
    return Call("GET", "/v1/admin/sweep", returns(Sweep))


def datasets() -> Call[models.DatasetList]:
    """GET /v1/datasets."""
    return Call("GET", "/v1/datasets", returns(models.DatasetList))


def bots() -> Call[BotList]:
    """GET /v1/bots."""
    return Call("GET", "/v1/bots", returns(BotList))


def change_bot(bot_id: Id, changes: BotChanges) -> Call[Bot]:
    """PATCH /v1/bots/{bot_id}; here None is something to say."""
    return Call("PATCH", f"/v1/bots/{segment(bot_id)}", returns(Bot), json=dict(changes))


def packs() -> Call[models.PackList]:
    """GET /v1/packs."""
    return Call("GET", "/v1/packs", returns(models.PackList))


def health() -> Call[models.Health]:
    """GET /v1/health."""
    return Call("GET", "/v1/health", returns(models.Health))


def ready() -> Call[models.Readiness]:
    """GET /v1/ready; 503 has the same body and is an answer too."""
    return Call("GET", "/v1/ready", returns(models.Readiness, 503), retried=False)
