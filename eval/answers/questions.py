"""Judged questions, as ``questions_dev.jsonl`` and ``questions_heldout.jsonl`` of a set hold them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Half = Literal["dev", "heldout"]
HALVES: Final[tuple[Half, ...]] = ("dev", "heldout")

Kind = Literal[
    "how",
    "what",
    "who",
    "when",
    "where",
    "amount",
    "which",
    "yes_no",
    "compare",
    "list",
    "code",
    "table",
    "two",
    "typo",
    "follow_up",
    "self",
]
"""What is asked for. ``table``: one cell of a table; ``two``: two questions in one message; ``typo``: misspelt or
abbreviated; ``self``: about the assistant and what it may use."""

_NEEDED: Final[dict[str, int]] = {"how": 450, "list": 350, "compare": 300, "code": 350, "two": 300, "self": 450}
_NEEDED_BY_DEFAULT: Final = 120

_Fact = Annotated[str, Field(min_length=1)]
_Alternatives = Annotated[tuple[_Fact, ...], Field(min_length=1)]


class QuestionFileError(Exception):
    """A set that cannot be used; the message names the file and the line."""


class Question(BaseModel):
    """A message and what a careful person would answer.

    ``needs``: each group is a fact, in alternative wordings, that has to be in the answer. ``wrong``: what makes any
    answer wrong. ``neighbours``: true of something else, such as the next row of the table; beside the right facts they
    only dilute it. ``cites``: documents of which one has to be cited, by
    a part of the name. ``section``: words of the heading.
    ``length``: characters that a good answer takes; by kind if it is not given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: _Fact
    corpus: _Fact
    kind: Kind
    question: _Fact
    conversation: tuple[_Fact, ...] = ()
    answerable: bool = True
    needs: tuple[_Alternatives, ...] = ()
    wrong: tuple[_Fact, ...] = ()
    neighbours: tuple[_Fact, ...] = ()
    cites: tuple[_Fact, ...] = ()
    section: str | None = None
    length: int | None = None
    why: str | None = None

    @model_validator(mode="after")
    def _says_what_is_right(self) -> Self:
        if self.answerable and not self.needs:
            raise ValueError("an answerable question has to say what its answer needs")
        if not self.answerable and (self.needs or self.cites):
            raise ValueError("nothing can be needed of the answer to a question that has none")
        return self

    @property
    def good_length(self) -> int:
        return self.length or _NEEDED.get(self.kind, _NEEDED_BY_DEFAULT)


def load_questions(folder: Path, half: Half) -> tuple[Question, ...]:
    """Raises QuestionFileError."""
    questions = tuple(_lines(folder / f"questions_{half}.jsonl"))
    ids = [question.id for question in questions]
    if repeated := sorted({one for one in ids if ids.count(one) > 1}):
        raise QuestionFileError(f"{folder}: the id {repeated[0]} is used more than once.")
    return questions


def _lines(path: Path) -> Iterator[Question]:
    if not path.is_file():
        raise QuestionFileError(f"There is no {path}.")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield Question.model_validate(json.loads(line))
        except (ValueError, ValidationError) as error:
            raise QuestionFileError(f"{path}:{number}: {error}") from error
