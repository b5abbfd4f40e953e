"""Chroma: a persistent collection with its sentence-transformers embedding function, dense only."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction
from peer_protocol import Document, Task, measure


class Chroma:
    packages = ("chromadb", "sentence-transformers", "torch")

    def __init__(self, task: Task) -> None:
        self._top_k = task.top_k
        in_half = {"model_kwargs": {"dtype": task.precision}} if task.precision != "float32" else {}
        self._embed = SentenceTransformerEmbeddingFunction(model_name=task.model, device="cpu", **in_half)
        folder = str(Path(task.folder) / "chroma")
        client = chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
        self._most = client.get_max_batch_size()
        self._collection = client.create_collection(
            "bench", embedding_function=self._embed, configuration={"hnsw": {"space": "cosine"}}
        )

    def warm_up(self) -> None:
        self._embed(["warm up"])

    def ingest(self, documents: Sequence[Document]) -> None:
        for first in range(0, len(documents), self._most):
            batch = documents[first : first + self._most]
            self._collection.add(
                ids=[one.document_id for one in batch],
                documents=[one.text for one in batch],
                metadatas=[{"title": one.title} for one in batch],
            )

    def searches(self) -> Mapping[str, Callable[[str], list[str]]]:
        return {"dense": self._search}

    def _search(self, question: str) -> list[str]:
        return list(self._collection.query(query_texts=[question], n_results=self._top_k)["ids"][0])


measure(Chroma)
