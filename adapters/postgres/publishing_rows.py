"""What a publication adds to the index, worked out before its transaction begins."""

import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from adapters.text_analysis import passage_terms
from domain.document import Passage, passage_id_for
from domain.indexing import Publication

# One statement for a whole book would outlast the statement timeout, and block the process while it is put together.
_SPANS_AT_ONCE = 200
_FLOAT_BYTES = 4


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

    def passage_columns(self) -> dict[str, list[object]]:
        """The columns of the table passages."""
        return {
            "passage_ids": list(self.passage_ids),
            "ordinals": [passage.ordinal for passage in self.passages],
            "starts": [passage.start for passage in self.passages],
            "ends": [passage.end for passage in self.passages],
            "pages": [passage.page for passage in self.passages],
            "headings": [passage.section_heading for passage in self.passages],
            "texts": [passage.text for passage in self.passages],
            "hashes": [passage.text_sha256 for passage in self.passages],
        }

    def span_columns(self) -> Iterator[dict[str, list[object]]]:
        """The columns of the table spans, a bounded number of rows at a time: vectors are long as text."""
        return _batches(self._span_rows(), ("passage_ids", "ordinals", "starts", "ends", "vectors"), _SPANS_AT_ONCE)

    def _span_rows(self) -> Iterator[tuple[UUID, int, int, int, str]]:
        position = 0
        for passage_id, passage in zip(self.passage_ids, self.passages, strict=True):
            for ordinal, span in enumerate(passage.spans):
                vector = self.vectors[position : position + self.dimension]
                position += self.dimension
                yield passage_id, ordinal, span.start, span.end, as_vector_text(vector)


def _batches(
    rows: Iterator[tuple[object, ...]], names: Sequence[str], at_once: int
) -> Iterator[dict[str, list[object]]]:
    while batch := list(islice(rows, at_once)):
        yield {name: [row[column] for row in batch] for column, name in enumerate(names)}


def as_vector_text(vector: "array[float] | tuple[float, ...]") -> str:
    """The text form of a pgvector value; seven digits are more than a half-precision number keeps."""
    return "[" + ",".join(f"{number:.7g}" for number in vector) + "]"


def _little_endian_floats(content: bytes) -> "array[float]":
    numbers = array("f")
    numbers.frombytes(content)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
