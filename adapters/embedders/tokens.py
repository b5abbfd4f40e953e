"""A text read token by token, by the model that also embeds it whole."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.embedders.vectors import Vectors, normalised

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_COMMON_WORDS: Final = ("the", "of", "and", "to", "in")


class TokenReading(NamedTuple):
    """``tokens``: one normalised row of half precision per token of the text, without the marks at its ends;
    ``weights``: how much each says, by how rare it is; ``whole``: the text's embedding, normalised."""

    tokens: NDArray[np.float16]
    weights: NDArray[np.float32]
    whole: NDArray[np.float32]


def read_tokens(model: "SentenceTransformer", texts: Sequence[str]) -> list[TokenReading]:
    """One batch through the model. What lies behind its longest input is not read."""
    import torch

    features = model.preprocess(list(texts))
    with torch.inference_mode():
        output = model(features)
    tokens, whole = _rows(output["token_embeddings"]), _rows(output["sentence_embedding"])
    mask, ids = features["attention_mask"].numpy().astype(bool), features["input_ids"].numpy()
    first = _first_common_id(model.tokenizer)
    return [
        TokenReading(
            tokens=normalised(tokens[number][kept][1:-1]).astype(np.float16),
            weights=_weights(ids[number][kept][1:-1], first),
            whole=normalised(whole[number : number + 1])[0],
        )
        for number, kept in enumerate(mask)
    ]


def _rows(tensor: Any) -> Vectors:
    rows: Vectors = tensor.float().cpu().numpy()
    return rows


def _first_common_id(tokenizer: Any) -> int:
    """Where the words begin in a vocabulary that is sorted by frequency, as those of BERT's kin are."""
    known = [number for number in tokenizer.convert_tokens_to_ids(list(_COMMON_WORDS)) if number is not None]
    return min(known, default=0)


def _weights(ids: NDArray[np.int64], first_common: int) -> NDArray[np.float32]:
    """The logarithm of a word's place by frequency grows like its inverse document frequency (Zipf's law), without
    any collection; what stands before the words is punctuation."""
    places = np.maximum(1, ids - first_common + 1)
    return np.log(places).astype(np.float32) if len(ids) else np.zeros(0, np.float32)


def weighted_similarities(asked: TokenReading, texts: Sequence[NDArray[np.float16]]) -> NDArray[np.float32]:
    """MaxSim to each text, given by its token rows: for each token of the question its nearest one in the text,
    averaged by the weights; in [-1, 1], and 0 where question or text has no token."""
    similarities = np.zeros(len(texts), np.float32)
    filled = [number for number, tokens in enumerate(texts) if len(tokens)]
    total = float(asked.weights.sum())
    if not total or not filled:
        return similarities
    # One product for all of them: on a busy machine every product waits for the threads of the last one.
    rows = np.concatenate([texts[number] for number in filled]).astype(np.float32)
    starts = np.cumsum([0, *(len(texts[number]) for number in filled[:-1])])
    nearest = np.maximum.reduceat(rows @ asked.tokens.astype(np.float32).T, starts, axis=0)
    similarities[filled] = nearest @ asked.weights / total
    return similarities
