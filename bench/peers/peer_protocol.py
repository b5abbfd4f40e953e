"""What the scripts in this folder share. Each runs in an environment of its own, where nothing of ours is installed.

A task comes as JSON on standard input; what was measured goes out as JSON lines on standard output.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple, Protocol

_WARM_UP = "What is asked before anything is measured?"
_WARM_UPS = 5


class Document(NamedTuple):
    document_id: str
    title: str
    text: str


class Task(NamedTuple):
    """``model`` is a folder, ``folder`` one to write into, ``database`` a PostgreSQL URL with pgvector.

    ``precision`` is float32 or bfloat16; ``top_k`` documents are wanted for each question.
    """

    model: str
    folder: str
    database: str
    precision: str
    top_k: int
    documents: Sequence[Document]
    questions: Sequence[tuple[str, str]]


class Peer(Protocol):
    """``packages``: whose versions are told. ``searches``: ways of asking, from a text to ids, best first."""

    packages: Sequence[str]

    def warm_up(self) -> None: ...

    def ingest(self, documents: Sequence[Document]) -> None: ...

    def searches(self) -> Mapping[str, Callable[[str], list[str]]]: ...


def measure(open_peer: Callable[[Task], Peer]) -> None:
    """Ingest once and ask every question in every way, one after another."""
    given = json.load(sys.stdin)
    documents = [Document(*document) for document in given.pop("documents")]
    task = Task(documents=documents, **given)
    # What libraries print must not stand between the lines.
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(event: str, **fields: Any) -> None:
        lines.write(json.dumps({"event": event, **fields}) + "\n")
        lines.flush()

    peer = open_peer(task)
    peer.warm_up()
    tell("opened", versions={name: version(name) for name in peer.packages})
    began = time.perf_counter()
    peer.ingest(task.documents)
    tell("ingested", seconds=time.perf_counter() - began)
    for way, search in peer.searches().items():
        for _ in range(_WARM_UPS):
            search(_WARM_UP)
        for question_id, text in task.questions:
            began = time.perf_counter()
            found = search(text)
            taken = time.perf_counter() - began
            tell("found", way=way, question=question_id, seconds=taken, documents=found)
    tell("ended")
    lines.close()
    # Background threads of some libraries outlive the main one.
    os._exit(0)
