"""The layers of confinement, and the report of which of them a process has."""

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Final

from pydantic import Field

from domain.base import Value


class Layer(StrEnum):
    """What is taken from a confined process."""

    USER = "user"
    """It runs as a user that owns nothing: one of its own where the worker is root."""
    PRIVILEGES = "privileges"
    """It has no capability and can gain none."""
    FILES = "files"
    """Landlock: it reads its code, system libraries and its own input, and writes to its own folder only."""
    SYSTEM_CALLS = "system_calls"
    """Seccomp: no socket, no other process, no signal to another, no namespace, no rare interface of the kernel."""
    NETWORK = "network"
    """A network of its own that leads nowhere, should the filter of system calls be missing."""
    LIMITS = "limits"
    """Processor time, memory, size of files, open files, no core dump."""
    THREADS = "threads"
    """How many threads it may start."""
    PARENT = "parent"
    """The worker hides its memory and environment from processes of its user."""


ESSENTIAL: Final = (
    Layer.USER, Layer.PRIVILEGES, Layer.FILES, Layer.SYSTEM_CALLS, Layer.LIMITS, Layer.PARENT,
)  # fmt: skip
"""Without one of them a hostile document or tool can reach something of the platform's."""


class Report(Value):
    """Which layers a process has, and why it lacks the others."""

    missing: dict[Layer, str] = Field(default_factory=dict)

    @property
    def held(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in Layer if layer not in self.missing)

    def lacks(self, required: Collection[Layer]) -> dict[Layer, str]:
        return {layer: reason for layer, reason in self.missing.items() if layer in required}


class Attempts:
    """Layers that are asked for one after another: one that cannot be had does not keep the next from being tried."""

    def __init__(self, missing: dict[Layer, str] | None = None) -> None:
        self.missing: dict[Layer, str] = dict(missing or {})

    def make(self, layer: Layer, step: Callable[[], None]) -> None:
        try:
            step()
        except (OSError, ValueError, ImportError) as error:
            self.missing.setdefault(layer, str(error) or type(error).__name__)
