"""Passages: what citations and search results name."""

from datetime import datetime
from uuid import UUID

from answerable_sdk.model import Model, Notice
from answerable_sdk.transport.call import Call, Id, parse_as, segment, without_none
from answerable_sdk.transport.methods import Mode, Resource, method
from answerable_sdk.transport.steps import Steps


class Quoted(Model):
    """What an answer took from a passage: characters ``start`` to ``end`` of its ``text``."""

    start: int
    end: int
    text: str


class Passage(Model):
    """A passage. ``text`` has ``[kind]`` in place of what is hidden, and is None where ``suspicious`` names a rule;
    ``quotes`` are places in it. ``state``: current, replaced (there is a newer version) or deleted. ``start`` and
    ``end`` are its characters in the document's text."""

    passage_id: UUID
    document_id: UUID
    dataset_id: UUID
    pack_id: str
    title: str
    url: str | None
    source: str
    section_heading: str
    page: int | None
    start: int
    end: int
    version: int
    submitted_at: datetime
    state: str
    text: str | None
    quotes: tuple[Quoted, ...]
    suspicious: str | None
    warnings: tuple[Notice, ...]


class Passages(Resource[Mode]):
    """``client.passages``."""

    @method
    def get(self, passage_id: Id, *, turn: str | None = None, bot_id: Id | None = None) -> Steps[Passage]:
        """What a citation names; with the ``turn`` that cites it, also what its answer quotes.

        Raises NotFoundError, also for what the key may not see, and PassageErasedError.
        """
        path = f"/v1/passages/{segment(passage_id)}"
        return self._send(Call("GET", path, parse_as(Passage), params=without_none(turn=turn, bot_id=bot_id)))
