"""Passages, the unit that is cited, and spans, the unit that is embedded."""

from uuid import UUID, uuid5

from domain.base import Value, sha256_of


class Span(Value):
    """The unit that is embedded. Offsets are into the document's parsed text; the passage is its parent."""

    start: int
    end: int
    text: str


class Passage(Value):
    """The unit that is cited. ``text`` is ``document.text[start:end]``; ``page`` is where it begins.

    ``table_header``: the first row of the table that the passage begins within, where that stands in a passage before
    it. It is no part of the text, but the passage is found by its words too.
    """

    ordinal: int
    start: int
    end: int
    section_heading: str
    text: str
    spans: tuple[Span, ...]
    page: int | None = None
    table_header: str = ""

    @property
    def text_sha256(self) -> str:
        return sha256_of(self.text)


class PassageSet(Value):
    """All passages of one version, as the chunker made them."""

    title: str
    chunker: str
    passages: tuple[Passage, ...]

    @property
    def span_count(self) -> int:
        return sum(len(passage.spans) for passage in self.passages)


class ChunkedReport(Value):
    """What is said of a version's passages without their text."""

    chunker: str
    passages: int
    spans: int


def passage_id_for(version_id: UUID, ordinal: int) -> UUID:
    """The id of a version's passage; repeating a step makes the same ids."""
    return uuid5(version_id, f"passage/{ordinal}")
