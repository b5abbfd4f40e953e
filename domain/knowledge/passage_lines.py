"""A version's passages as lines of JSON: they are written and read one after another, so that no step that handles a
long document holds the interpreter for longer than one passage takes."""

from collections.abc import Iterable, Iterator
from typing import Final

from domain.knowledge.passage import Passage, PassageSet

_SET_START: Final = b'{"title":'


def passage_lines(passages: PassageSet) -> Iterator[bytes]:
    """The set without its passages, then each passage; every line ends with a line feed."""
    yield passages.model_copy(update={"passages": ()}).model_dump_json().encode() + b"\n"
    for passage in passages.passages:
        yield passage.model_dump_json().encode() + b"\n"


def passages_of(lines: Iterable[bytes]) -> PassageSet:
    """What ``passage_lines`` wrote. A whole set on one line, as earlier releases wrote it, is read too.

    Raises ValueError when there is no line.
    """
    remaining = iter(lines)
    opening = next(remaining, None)
    if opening is None:
        raise ValueError("there are no passages")
    found = PassageSet.model_validate_json(opening)
    further = tuple(Passage.model_validate_json(line) for line in remaining)
    return found.model_copy(update={"passages": (*found.passages, *further)})


def span_texts_of(lines: Iterable[bytes]) -> Iterator[str]:
    """What is embedded, in order, without keeping more than a line of the rest."""
    for line in lines:
        opening = line.startswith(_SET_START)
        passages = PassageSet.model_validate_json(line).passages if opening else (Passage.model_validate_json(line),)
        yield from (span.text for passage in passages for span in passage.spans)
