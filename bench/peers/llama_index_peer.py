"""LlamaIndex over pgvector: its hybrid search, and the fusion of both legs that its documentation recommends for it."""

from collections.abc import Callable, Mapping, Sequence

from llama_index.core import Settings, StorageContext, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.postgres import PGVectorStore
from peer_protocol import Document, Task, measure

_BATCH = 32


class LlamaIndex:
    packages = ("llama-index-core", "llama-index-vector-stores-postgres", "sentence-transformers", "torch")

    def __init__(self, task: Task) -> None:
        self._top_k = task.top_k
        Settings.llm = MockLLM()
        self._embed = HuggingFaceEmbedding(task.model, device="cpu", embed_batch_size=_BATCH)
        store = PGVectorStore.from_params(
            connection_string=task.database.replace("postgresql://", "postgresql+psycopg2://"),
            async_connection_string=task.database.replace("postgresql://", "postgresql+asyncpg://"),
            table_name="bench",
            embed_dim=384,
            hybrid_search=True,
            text_search_config="english",
            hnsw_kwargs={"hnsw_m": 16, "hnsw_ef_construction": 64, "hnsw_ef_search": 40},
        )
        context = StorageContext.from_defaults(vector_store=store)
        self._index = VectorStoreIndex(nodes=[], storage_context=context, embed_model=self._embed)

    def warm_up(self) -> None:
        self._embed.get_text_embedding("warm up")

    def ingest(self, documents: Sequence[Document]) -> None:
        self._index.insert_nodes(
            [TextNode(id_=one.document_id, text=one.text, metadata={"title": one.title}) for one in documents]
        )

    def searches(self) -> Mapping[str, Callable[[str], list[str]]]:
        hybrid = self._index.as_retriever(
            vector_store_query_mode="hybrid", similarity_top_k=self._top_k, sparse_top_k=self._top_k
        )
        legs = [
            self._index.as_retriever(
                vector_store_query_mode=mode, similarity_top_k=self._top_k, sparse_top_k=self._top_k
            )
            for mode in ("default", "sparse")
        ]
        fusion = QueryFusionRetriever(
            legs, similarity_top_k=self._top_k, num_queries=1, mode="relative_score", use_async=False
        )
        return {"hybrid": _ids_of(hybrid.retrieve, self._top_k), "fusion": _ids_of(fusion.retrieve, self._top_k)}


def _ids_of(retrieve: Callable[[str], list], top_k: int) -> Callable[[str], list[str]]:
    return lambda question: [found.node.node_id for found in retrieve(question)][:top_k]


measure(LlamaIndex)
