"""txtai: a hybrid index (dense and BM25) that keeps the texts."""

from collections.abc import Callable, Mapping, Sequence

from peer_protocol import Document, Task, measure
from txtai import Embeddings


class Txtai:
    packages = ("txtai", "sentence-transformers", "torch")

    def __init__(self, task: Task) -> None:
        self._top_k = task.top_k
        self._embeddings = Embeddings(path=task.model, hybrid=True, content=True, gpu=False)

    def warm_up(self) -> None:
        self._embeddings.transform("warm up")

    def ingest(self, documents: Sequence[Document]) -> None:
        self._embeddings.index((one.document_id, {"text": one.text, "title": one.title}) for one in documents)

    def searches(self) -> Mapping[str, Callable[[str], list[str]]]:
        return {"hybrid": self._search}

    def _search(self, question: str) -> list[str]:
        return [found["id"] for found in self._embeddings.search(question, self._top_k)]


measure(Txtai)
