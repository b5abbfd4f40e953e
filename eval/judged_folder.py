"""A folder of judged questions: corpus.jsonl, queries.jsonl and qrels, as the common retrieval benchmarks have them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_QRELS: Final = ("qrels.tsv", "qrels/test.tsv", "qrels.txt", "qrels/dev.tsv", "qrels/train.tsv")
_IDS: Final = ("_id", "id", "doc_id", "query_id")
_TEXTS: Final = ("text", "contents", "query")


class UnreadableFolderError(Exception):
    """The folder is not laid out as expected; the message says what is missing."""


@dataclass(frozen=True)
class CorpusDocument:
    document_id: str
    title: str
    text: str


@dataclass(frozen=True)
class AnswerSpans:
    """Where in a document the answer stands: character offsets into its text."""

    document_id: str
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class JudgedQuestion:
    """``relevance`` maps document ids to grades, 0 for what was judged irrelevant."""

    question_id: str
    text: str
    relevance: dict[str, int]
    answer: AnswerSpans | None


class JudgedFolder:
    """Reads liberally: ids under `_id` or `id`, qrels of two, three or four columns with or without a header."""

    def __init__(self, folder: Path) -> None:
        """Raises UnreadableFolderError."""
        self.name = folder.name
        self._corpus = _existing(folder, "corpus.jsonl")
        self._queries = _existing(folder, "queries.jsonl")
        found = [folder / name for name in _QRELS if (folder / name).is_file()]
        if not found:
            raise UnreadableFolderError(f"{folder} has no qrels: expected one of {', '.join(_QRELS)}.")
        self._qrels = found[0]

    def documents(self) -> Iterator[CorpusDocument]:
        """The corpus, one document at a time: it may be larger than memory."""
        for row in _rows(self._corpus):
            yield CorpusDocument(_field(row, _IDS, self._corpus), row.get("title") or "", _text(row))

    def count(self) -> int:
        """How many documents there are."""
        with self._corpus.open("rb") as lines:
            return sum(1 for line in lines if line.strip())

    def questions(self) -> list[JudgedQuestion]:
        """Those that are judged, in the order of the file. Raises UnreadableFolderError when there is none."""
        judged = dict[str, dict[str, int]]()
        for question_id, document_id, grade in _judgements(self._qrels):
            judged.setdefault(question_id, {})[document_id] = grade
        questions = [
            JudgedQuestion(question_id, _text(row), judged[question_id], _answer(row))
            for row in _rows(self._queries)
            if (question_id := _field(row, _IDS, self._queries)) in judged
        ]
        if not questions:
            raise UnreadableFolderError(f"No question of {self._queries} is judged in {self._qrels}.")
        return questions


def _existing(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise UnreadableFolderError(f"{folder} has no {name}.")
    return path


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise UnreadableFolderError(f"{path}:{number}: this line is not JSON.") from error


def _field(row: dict[str, Any], names: tuple[str, ...], path: Path) -> str:
    for name in names:
        if row.get(name) is not None:
            return str(row[name])
    raise UnreadableFolderError(f"A line of {path} has none of the fields {', '.join(names)}.")


def _text(row: dict[str, Any]) -> str:
    return next((str(row[name]) for name in _TEXTS if row.get(name)), "")


def _answer(row: dict[str, Any]) -> AnswerSpans | None:
    """The field of folders that judge character spans: {"spans": [[start, end], …], "doc": id}."""
    if not row.get("spans") or row.get("doc") is None:
        return None
    return AnswerSpans(str(row["doc"]), tuple((int(start), int(end)) for start, end in row["spans"]))


def _judgements(path: Path) -> Iterator[tuple[str, str, int]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            columns = line.rstrip("\n").split("\t") if "\t" in line else line.split()
            if not line.strip() or (number == 1 and _is_header(columns)):
                continue
            if len(columns) not in (2, 3, 4):
                raise UnreadableFolderError(f"{path}:{number}: expected two to four columns, found {len(columns)}.")
            # The form of TREC has an unused second column.
            document_id = columns[2] if len(columns) == 4 else columns[1]
            try:
                yield columns[0], document_id, int(float(columns[-1])) if len(columns) > 2 else 1
            except ValueError:
                raise UnreadableFolderError(f"{path}:{number}: '{columns[-1]}' is no grade.") from None


def _is_header(columns: list[str]) -> bool:
    if len(columns) == 2:
        return columns[0].casefold() in ("query-id", "query_id", "qid", "query")
    try:
        float(columns[-1])
    except ValueError:
        return True
    return False
