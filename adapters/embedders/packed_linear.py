"""Linear layers whose weights lie in memory as oneDNN multiplies by them.

Torch keeps weights row by row and lays them out anew for each product, or, in float32, leaves the product to MKL, which
on a processor that is not Intel's took twice as long. Laid out once, a question's few tokens take three quarters of the
time in bfloat16, and everything takes less than half of it in float32. The operators are those that torch compiles
models to; they have no public name.
"""

import platform
from typing import Final

import torch

# Not tried on others.
_MACHINES: Final = frozenset({"x86_64", "AMD64"})
_LAY_OUT: Final = "_reorder_linear_weight"
_MULTIPLY: Final = "_linear_pointwise"
_TAKES_BFLOAT16: Final = "_is_mkldnn_bf16_supported"


class PackedLinear(torch.nn.Module):  # type: ignore[misc]
    """What ``linear`` does, but for rounding, in inference on a processor."""

    def __init__(self, linear: torch.nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.bias = linear.bias
        weight = getattr(torch.ops.mkldnn, _LAY_OUT)(linear.weight.detach(), None)
        self.register_buffer("weight", weight, persistent=False)

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        # Nothing is fused with it: no activation, so neither arguments nor an algorithm of one.
        multiply = getattr(torch.ops.mkldnn, _MULTIPLY)
        product: torch.Tensor = multiply(given, self.weight, self.bias, "none", [], "")
        return product


def pack(model: torch.nn.Module) -> None:
    """Pack the linear layers of ``model`` that this torch and this machine can; it must not be copied after."""
    # Their parents only, so that what was packed is let go before the next one is.
    places = [
        (parent, name)
        for parent in model.modules()
        for name, child in parent.named_children()
        # A layer of a kind of its own may do more than multiply.
        if type(child) is torch.nn.Linear and _can_pack(child.weight.dtype)
    ]
    for parent, name in places:
        setattr(parent, name, PackedLinear(getattr(parent, name)))


def _can_pack(dtype: torch.dtype) -> bool:
    operators = torch.ops.mkldnn
    if platform.machine() not in _MACHINES or not torch.backends.mkldnn.is_available():
        return False
    if not all(hasattr(operators, name) for name in (_LAY_OUT, _MULTIPLY, _TAKES_BFLOAT16)):
        return False
    return dtype is torch.float32 or (dtype is torch.bfloat16 and getattr(operators, _TAKES_BFLOAT16)())
