"""What a publication adds to the index, before any of it is sent."""

from datetime import UTC, datetime
from uuid import uuid4

from adapters.postgres.publishing_rows import IndexRows
from adapters.text_analysis import passage_terms
from domain.document import DocumentVersion, Passage, PassageSet, SourceArtifact
from domain.indexing import Publication

TEXT = " ".join(f"word{number}" for number in range(25_000))


def rows_of(text: str) -> IndexRows:
    version = DocumentVersion(
        tenant_id=uuid4(),
        dataset_id=uuid4(),
        document_id=uuid4(),
        version_id=uuid4(),
        external_key="book.md",
        artifact=SourceArtifact(key="k", sha256="0" * 64, size_bytes=len(text), media_type="text/markdown"),
        submitted_at=datetime(2026, 5, 4, tzinfo=UTC),
        submitted_by="key-1",
    )
    passage = Passage(ordinal=0, start=0, end=len(text), section_heading="", text=text, spans=())
    found = PassageSet(title="Book", chunker="test-1", passages=(passage,))
    return IndexRows.of(Publication(version=version, passages=found, model="m", dimension=4, embeddings=b""))


def test_no_statement_of_a_publication_grows_with_its_document() -> None:
    assert max(len(columns["terms"]) for columns in rows_of(TEXT).term_columns()) <= 10_000


def test_every_term_of_a_document_is_sent_once() -> None:
    sent = [term for columns in rows_of(TEXT).term_columns() for term in columns["terms"]]
    assert sorted(sent, key=str) == sorted(set(passage_terms("Book", "", TEXT)))
