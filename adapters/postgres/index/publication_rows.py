"""What a publication adds to the index, worked out before its transaction begins."""

import asyncio
import sys
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from adapters.search.text_analysis import passage_terms
from domain.knowledge.passage import Passage, passage_id_for
from domain.knowledge.publication import Publication

# One statement for a whole book would outlast the statement timeout, and block the process while it is put together.
_SPANS_AT_ONCE = 100
PASSAGES_AT_ONCE = 100
_FLOAT_BYTES = 4
Columns = dict[str, list[object]]


@dataclass(frozen=True)
class IndexRows:
    """Columns, ready for unnest: passages by ordinal, spans by passage and ordinal.

    ``title`` is the one that citations show: the submitter's, else the document's own, else its key.
    """

    title: str
    passages: tuple[Passage, ...]
    passage_ids: list[UUID]
    frequencies: list[Counter[str]]
    vectors: "array[float]"
    dimension: int

    @classmethod
    def of(cls, publication: Publication) -> "IndexRows":
        """Tokenise and unpack. Raises ValueError when the embeddings do not fit the spans."""
        version, found = publication.version, publication.passages
        expected = found.span_count * publication.dimension * _FLOAT_BYTES
        if len(publication.embeddings) != expected:
            raise ValueError(f"{found.span_count} spans need {expected} bytes, not {len(publication.embeddings)}.")
        title = version.title or found.title or version.external_key
        return cls(
            title=title,
            passages=found.passages,
            passage_ids=[passage_id_for(version.version_id, passage.ordinal) for passage in found.passages],
            frequencies=[
                Counter(passage_terms(title, passage.section_heading, passage.text, passage.table_header))
                for passage in found.passages
            ],
            vectors=_little_endian_floats(publication.embeddings),
            dimension=publication.dimension,
        )

    def passage_columns(self) -> Iterator[Columns]:
        """The columns of the table passages, a bounded number of rows at a time."""
        rows = (
            (
                passage_id,
                passage.ordinal,
                passage.start,
                passage.end,
                passage.page,
                passage.section_heading,
                passage.text,
                passage.text_sha256,
            )
            for passage_id, passage in zip(self.passage_ids, self.passages, strict=True)
        )
        names = ("passage_ids", "ordinals", "starts", "ends", "pages", "headings", "texts", "hashes")
        return batches(rows, names, PASSAGES_AT_ONCE)

    def span_columns(self) -> Iterator[Columns]:
        """The columns of the table spans, a bounded number of rows at a time: vectors are long as text."""
        return batches(self._span_rows(), ("passage_ids", "ordinals", "starts", "ends", "vectors"), _SPANS_AT_ONCE)

    def _span_rows(self) -> Iterator[tuple[UUID, int, int, int, str]]:
        position = 0
        for passage_id, passage in zip(self.passage_ids, self.passages, strict=True):
            for ordinal, span in enumerate(passage.spans):
                vector = self.vectors[position : position + self.dimension]
                position += self.dimension
                yield passage_id, ordinal, span.start, span.end, as_vector_text(vector)


def batches(rows: Iterator[tuple[object, ...]], names: Sequence[str], at_once: int) -> Iterator[Columns]:
    while batch := list(islice(rows, at_once)):
        yield {name: [row[column] for row in batch] for column, name in enumerate(names)}


async def made_in_a_thread(columns: Iterator[Columns]) -> AsyncIterator[Columns]:
    """The same batches, each put together off the event loop, on which heartbeats and uploads wait."""
    while batch := await asyncio.to_thread(next, columns, None):
        yield batch


def as_vector_text(vector: "array[float] | tuple[float, ...]") -> str:
    """The text form of a pgvector value; seven digits are more than a half-precision number keeps."""
    return "[" + ",".join(f"{number:.7g}" for number in vector) + "]"


def _little_endian_floats(content: bytes) -> "array[float]":
    numbers = array("f")
    numbers.frombytes(content)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
