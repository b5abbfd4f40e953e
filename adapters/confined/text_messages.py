"""How a worker and the processes that read texts for it talk over two pipes: lengths, then bytes."""

import struct
from enum import IntEnum
from typing import Final

READY: Final = b"R"
REQUEST: Final = struct.Struct("!HI")
"""Bytes of the step's name, bytes of what is given (JSON); both follow."""
REPLY: Final = struct.Struct("!BI")
"""A ``Kind``, and the bytes that follow."""
MAX_REPLY_BYTES: Final = 4 * 1024 * 1024


class Kind(IntEnum):
    FOUND = 0
    """What the step found (JSON)."""
    DEFECT = 1
    """The name of the exception's class: its text may quote the stranger's."""
    TOO_COSTLY = 2
    """The step ran out of memory, or found more than a reply may hold. Nothing follows."""
