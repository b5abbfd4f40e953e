"""The process in which one function of a pack runs: it reads an order, writes the outcome, and ends.

The outcome leaves through a descriptor that the function does not know; what it prints goes nowhere.
"""

import importlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from adapters.confined.process_limits import MIB, ProcessLimits
from adapters.confined.processes import die_with_parent
from adapters.confined.sandbox import Sandbox


def main() -> None:
    """Run what standard input orders."""
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    die_with_parent(os.getppid())
    order = json.loads(sys.stdin.buffer.read())
    limits = _limits(int(order["cpu_seconds"]))
    Sandbox.prepare().enter(limits, readable=(Path(order["folder"]),), required=order["required"])
    reply = _outcome(order)
    with suppress(OSError):
        while reply:
            reply = reply[os.write(out, reply) :]
    os._exit(0)


_LIMIT: Final = 512 * MIB


def _limits(cpu_seconds: int) -> ProcessLimits:
    return ProcessLimits(cpu_seconds=cpu_seconds, memory_bytes=_LIMIT, file_bytes=MIB)


def _outcome(order: dict[str, Any]) -> bytes:
    module, _, name = order["function"].partition(":")
    try:
        data = getattr(importlib.import_module(module), name)(**order["arguments"])
    except BaseException as error:  # noqa: BLE001 - the function is a stranger's: whatever it raises is its outcome
        return json.dumps({"raised": type(error).__name__}).encode()
    try:
        return json.dumps({"data": data}, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError, MemoryError):
        return json.dumps({"invalid": True}).encode()


if __name__ == "__main__":
    main()
