"""The process in which one function of a pack runs: it reads an order, writes the outcome, and ends.

The outcome leaves through a descriptor that the function does not know; what it prints goes nowhere.
"""

import importlib
import json
import os
import sys
from contextlib import suppress
from typing import Any, Final

from adapters.parsers.confinement import confine, die_with_parent, leave_network
from adapters.parsers.limits import MIB, ProcessLimits


def main() -> None:
    """Run what standard input orders."""
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    die_with_parent(os.getppid())
    order = json.loads(sys.stdin.buffer.read())
    leave_network()
    confine(_limits(int(order["cpu_seconds"])))
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
