"""How much a confined process may use."""

from typing import Final

from pydantic import Field

from domain.base import Value

MIB: Final = 1024 * 1024


class ProcessLimits(Value):
    """What the process that parses one document may use. Below 512 MiB of address space parsers fail or hang."""

    cpu_seconds: int = Field(default=60, ge=1)
    wall_seconds: float = Field(default=120.0, gt=0)
    memory_bytes: int = Field(default=1024 * MIB, ge=512 * MIB)
    file_bytes: int = Field(default=512 * MIB, ge=MIB)
    open_files: int = Field(default=64, ge=16)
    threads: int = Field(default=64, ge=1)
