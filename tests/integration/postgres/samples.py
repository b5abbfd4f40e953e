"""Documents, publications and turns for tests: small, deterministic, told apart by their texts."""

import hashlib
import math
import re
from array import array
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from domain.answers.answer import Answer, AnswerMeta, Intent, Outcome
from domain.conversations.turn import RecordedTurn, TurnRequest
from domain.identity.principal import Principal, Visibility
from domain.knowledge.dataset import Dataset
from domain.knowledge.passage import Passage, PassageSet, Span
from domain.knowledge.publication import Publication
from domain.knowledge.version import DocumentVersion, SourceArtifact, document_id_for
from domain.search.retrieval import SearchFilters, SearchMode, SearchQuery
from tests.fixtures.database import TenantHandle

MODEL = "test-words-1"
DIMENSION = 48
MOMENT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def vector_of(text: str, dimension: int = DIMENSION) -> tuple[float, ...]:
    """Texts that share words point the same way."""
    numbers = [0.0] * dimension
    for word in re.findall(r"\w+", text.casefold()):
        digest = hashlib.sha256(word.encode()).digest()
        numbers[digest[0] % dimension] += 1 if digest[1] % 2 else -1
    length = math.sqrt(sum(number * number for number in numbers)) or 1.0
    return tuple(number / length for number in numbers)


def version_of(
    dataset: Dataset,
    external_key: str = "guide.md",
    content: str = "content",
    *,
    visibility: Visibility = "external",
    roles: tuple[str, ...] = (),
    title: str | None = None,
) -> DocumentVersion:
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return DocumentVersion(
        tenant_id=dataset.tenant_id,
        dataset_id=dataset.dataset_id,
        document_id=document_id_for(dataset.tenant_id, dataset.dataset_id, external_key),
        version_id=uuid4(),
        external_key=external_key,
        title=title,
        url=f"https://docs.example.com/{external_key}",
        visibility=visibility,
        roles=roles,
        artifact=SourceArtifact(
            key=f"{dataset.tenant_id}/{sha256}/source",
            sha256=sha256,
            size_bytes=len(content),
            media_type="text/markdown",
        ),
        submitted_at=MOMENT,
        submitted_by="key-1",
    )


def publication_of(version: DocumentVersion, *texts: str, model: str = MODEL) -> Publication:
    """One passage per text, and one span per sentence of it."""
    passages, start = [], 0
    for ordinal, text in enumerate(texts):
        passages.append(
            Passage(
                ordinal=ordinal,
                start=start,
                end=start + len(text),
                section_heading="",
                text=text,
                spans=_spans(text, start),
            )
        )
        start += len(text)
    vectors = array("f")
    for passage in passages:
        for span in passage.spans:
            vectors.extend(vector_of(span.text))
    return Publication(
        version=version,
        passages=PassageSet(title="Guide", chunker="test-1", passages=tuple(passages)),
        model=model,
        dimension=DIMENSION,
        embeddings=vectors.tobytes(),
    )


def _spans(text: str, offset: int) -> tuple[Span, ...]:
    found = re.finditer(r"[^.]+\.?", text)
    return tuple(Span(start=offset + m.start(), end=offset + m.end(), text=m.group()) for m in found)


def query_of(text: str, mode: SearchMode = SearchMode.HYBRID, model: str = MODEL) -> SearchQuery:
    return SearchQuery(text=text, vector=vector_of(text), model=model, mode=mode)


def filters_of(
    tenant_id: UUID,
    datasets: Sequence[Dataset],
    *,
    visibilities: tuple[Visibility, ...] = ("internal", "external"),
    roles: tuple[str, ...] = (),
) -> SearchFilters:
    return SearchFilters(
        tenant_id=tenant_id,
        dataset_ids=tuple(dataset.dataset_id for dataset in datasets),
        visibilities=visibilities,
        roles=roles,
    )


def turn_of(
    tenant: TenantHandle,
    *,
    message: str = "How do I rotate an API key?",
    text: str = "Open the settings.",
    conversation_id: UUID | None = None,
    principal_id: str = "key-1",
) -> tuple[TurnRequest, RecordedTurn]:
    request = TurnRequest(
        tenant_id=tenant.tenant_id,
        turn_id=uuid4().hex,
        conversation_id=conversation_id or uuid4(),
        principal=Principal(tenant_id=tenant.tenant_id, kind="api_key", id=principal_id, name="Test key"),
        channel="api",
        bot_id=tenant.bot.bot_id,
        message=message,
        request_sha256=hashlib.sha256(message.encode()).hexdigest(),
        received_at=MOMENT,
    )
    recorded = RecordedTurn(
        turn_id=request.turn_id,
        conversation_id=request.conversation_id,
        bot_id=request.bot_id,
        principal_id=principal_id,
        request_sha256=request.request_sha256,
        outcome=Outcome.ANSWERED,
        answer=_answer(request.turn_id, text),
        received_at=MOMENT,
        closed_at=MOMENT,
    )
    return request, recorded


def _answer(turn_id: str, text: str) -> Answer:
    meta = AnswerMeta(
        trace_id=turn_id,
        intent=Intent.HOW_TO,
        intents=(Intent.HOW_TO,),
        packs_used=("product_support",),
        latency_ms=12.5,
        retrieval=None,
        tool_calls=(),
    )
    return Answer(outcome=Outcome.ANSWERED, text=text, meta=meta)
