"""The shape in which vectors leave an embedder."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
_WIRE: Final = np.dtype("<f4")


def normalised(vectors: Vectors) -> Vectors:
    """Each row at length one; a row of zeros, which has no direction, is left alone."""
    lengths = np.linalg.norm(vectors.astype(np.float32, copy=False), axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)


def to_bytes(vectors: Vectors) -> bytes:
    """Rows one after another as little-endian float32 numbers."""
    return vectors.astype(_WIRE, copy=False).tobytes()


def to_tuple(vector: NDArray[np.float32]) -> tuple[float, ...]:
    return tuple(float(number) for number in vector)
