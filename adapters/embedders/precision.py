"""Which number format a model runs in: bfloat16 where the processor is faster with it and the vectors agree."""

import copy
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from adapters.embedders.vectors import Vectors, normalised

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

_LEAST_AGREEMENT: Final = 0.999
_LEAST_GAIN: Final = 1.15
_ROUNDS: Final = 2
_WORDS: Final = (
    "rotate the key of a service before its secret expires and restart every instance",
    "the invoice lists each delivery of the month together with its price and tax",
    "a paused endpoint keeps its events for two weeks and then drops the oldest ones",
    "ask an administrator of the workspace to approve the change of your role",
)
# As long as the spans that an ingest embeds: short texts hide the difference.
_SAMPLES: Final = tuple(f"{first}. {second}. {first}. {second}." for first in _WORDS for second in reversed(_WORDS))[
    ::2
]


class Calibration(NamedTuple):
    """Texts per second in each format; ``agreement`` is the smallest cosine between the vectors of the two."""

    precision: str
    float32_per_second: float
    bfloat16_per_second: float
    agreement: float


def calibrated(model: "SentenceTransformer") -> tuple["SentenceTransformer", Calibration]:
    """Return the model in the format to use, and the figures behind the choice. Takes about a second.

    Its layers are packed, unless that changes what it says.
    """
    import torch

    wanted = encode(model, _SAMPLES)
    reduced, given = _packed(model, torch.bfloat16, wanted)
    full, _ = _packed(model, torch.float32, wanted)
    # In turns, so that other work on the machine slows both alike; the best of each, for it only ever slows down.
    rounds = [(_speed(full), _speed(reduced)) for _ in range(_ROUNDS)]
    float32_speed, bfloat16_speed = map(max, zip(*rounds, strict=True))
    agreement = _agreement(wanted, given)
    takes_reduced = agreement >= _LEAST_AGREEMENT and bfloat16_speed >= float32_speed * _LEAST_GAIN
    return (reduced if takes_reduced else full), Calibration(
        precision="bfloat16" if takes_reduced else "float32",
        float32_per_second=round(float32_speed, 1),
        bfloat16_per_second=round(bfloat16_speed, 1),
        agreement=round(agreement, 6),
    )


def encode(model: "SentenceTransformer", texts: Sequence[str]) -> Vectors:
    """One batch through the model: ``len(texts)`` normalised rows, normalised in float32 whatever the model runs in.

    What the library's own ``encode`` does before and after costs a question as much again as a fifth of the model.
    """
    import torch

    # As ``encode`` chooses it when it is not told which.
    prompt = model.prompts.get(model.default_prompt_name) if model.default_prompt_name else None
    with torch.inference_mode():
        output = model(model.preprocess(list(texts), prompt=prompt))
    return normalised(output["sentence_embedding"].float().cpu().numpy())


def _packed(
    model: "SentenceTransformer", precision: "torch.dtype", wanted: Vectors
) -> tuple["SentenceTransformer", Vectors]:
    """A copy of ``model`` in another format, and its vectors of the samples, which have warmed it up.

    Its layers are packed where it gives ``wanted`` then too.
    """
    from adapters.embedders.packed_linear import pack

    packed = copy.deepcopy(model).to(precision)
    # Some models look into their layers.
    with suppress(AttributeError, RuntimeError, TypeError):
        pack(packed)
        given = encode(packed, _SAMPLES)
        if _agreement(wanted, given) >= _LEAST_AGREEMENT:
            return packed, given
    plain = copy.deepcopy(model).to(precision)
    return plain, encode(plain, _SAMPLES)


def _agreement(wanted: Vectors, given: Vectors) -> float:
    return float(np.min(np.sum(wanted * given, axis=1)))


def _speed(model: "SentenceTransformer") -> float:
    started = time.perf_counter()
    encode(model, _SAMPLES)
    return len(_SAMPLES) / (time.perf_counter() - started)
