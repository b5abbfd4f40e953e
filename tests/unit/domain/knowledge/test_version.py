"""The identity of documents and versions."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.knowledge.ingest import IngestState
from domain.knowledge.passage import Passage, PassageSet, Span, passage_id_for
from domain.knowledge.version import DocumentVersion, SourceArtifact, document_id_for

TENANT, DATASET = UUID(int=1), UUID(int=2)
VERSION = DocumentVersion(
    tenant_id=TENANT,
    dataset_id=DATASET,
    document_id=UUID(int=3),
    version_id=UUID(int=4),
    external_key="keys.md",
    title="Keys",
    url="https://docs.example.com/keys",
    roles=("admin", "support"),
    artifact=SourceArtifact(key="k", sha256="a" * 64, size_bytes=1, media_type="text/markdown"),
    submitted_at=datetime(2026, 1, 1, tzinfo=UTC),
    submitted_by="ada",
)


@pytest.mark.parametrize(
    "change",
    [
        {"version_id": UUID(int=9)},
        {"submitted_at": datetime(2026, 2, 2, tzinfo=UTC)},
        {"submitted_by": "bob"},
        {"roles": ("support", "admin")},
    ],
)
def test_who_submitted_when_makes_no_new_content(change: dict[str, object]) -> None:
    assert VERSION.model_copy(update=change).fingerprint == VERSION.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"artifact": VERSION.artifact.model_copy(update={"sha256": "b" * 64})},
        {"title": "Key rotation"},
        {"title": None},
        {"url": None},
        {"visibility": "internal"},
        {"roles": ("admin",)},
        {"roles": ()},
    ],
)
def test_other_bytes_or_another_way_of_showing_them_is_new_content(change: dict[str, object]) -> None:
    assert VERSION.model_copy(update=change).fingerprint != VERSION.fingerprint


def test_a_document_is_named_by_tenant_dataset_and_key() -> None:
    named = document_id_for(TENANT, DATASET, "keys.md")
    assert named == document_id_for(TENANT, DATASET, "keys.md")
    assert len({named, document_id_for(UUID(int=7), DATASET, "keys.md"), document_id_for(TENANT, TENANT, "keys.md"),
                document_id_for(TENANT, DATASET, "Keys.md")}) == 4  # fmt: skip


def test_passages_of_a_version_keep_their_ids_when_a_step_is_repeated() -> None:
    assert passage_id_for(VERSION.version_id, 0) == passage_id_for(VERSION.version_id, 0)
    assert passage_id_for(VERSION.version_id, 0) != passage_id_for(VERSION.version_id, 1)


def test_an_ingest_is_open_while_it_is_queued_or_running() -> None:
    assert {state for state in IngestState if not state.is_terminal} == {IngestState.QUEUED, IngestState.RUNNING}


def test_spans_are_counted_over_all_passages() -> None:
    span = Span(start=0, end=1, text="a")
    passages = tuple(
        Passage(ordinal=n, start=0, end=1, section_heading="", text="a", spans=(span,) * n) for n in range(4)
    )
    assert PassageSet(title="t", chunker="c", passages=passages).span_count == 6
