"""How much memory the embedded PostgreSQL takes."""

from pathlib import Path

import psutil

from bootstrap.embedded.disk_space import MEGABYTE

_MIN_BUFFER_MEGABYTES, _MAX_BUFFER_MEGABYTES = 128, 1024
# What a container may take, which is less than what the machine has.
_MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")


def buffer_megabytes(memory_bytes: int) -> int:
    """An eighth of the memory, within bounds. Once a vector index is larger than the buffers, searching it and
    inserting into it take half as long again."""
    return max(_MIN_BUFFER_MEGABYTES, min(_MAX_BUFFER_MEGABYTES, memory_bytes // 8 // MEGABYTE))


def memory_bytes() -> int:
    """The memory of this machine, or of the container if that has less."""
    total = psutil.virtual_memory().total
    limit = _MEMORY_LIMIT.read_text().strip() if _MEMORY_LIMIT.is_file() else ""
    return min(total, int(limit)) if limit.isdigit() else total
