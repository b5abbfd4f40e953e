"""The side of the process that reads texts: one job after another, each within its processor time."""

import os
import resource
import signal
from collections.abc import Iterable
from typing import Any, Final

from adapters.confined.text_messages import MAX_REPLY_BYTES, READY, REPLY, REQUEST, Kind
from domain.limits.text_work import TextStep

CPU_SECONDS: Final = 2.0
MEMORY_BYTES: Final = 512 * 1024 * 1024
"""Of addresses; a process that has loaded its libraries takes about 100 MiB of them."""
_IN: Final = 0
_OUT: Final = 1


def serve(
    steps: Iterable[TextStep[Any, Any]], *, cpu_seconds: float = CPU_SECONDS, memory_bytes: int = MEMORY_BYTES
) -> None:
    """Work until the worker closes its end. A job that takes more than ``cpu_seconds`` ends the process: the default
    action of SIGPROF needs no interpreter, which an expression in C would keep waiting."""
    known = {step.name: step for step in steps}
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _write(READY)
    while head := _read(REQUEST.size):
        name_bytes, given_bytes = REQUEST.unpack(head)
        name, given = _read(name_bytes).decode(), _read(given_bytes)
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        kind, reply = _worked(known[name], given)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _write(REPLY.pack(kind, len(reply)) + reply)


def _worked(step: TextStep[Any, Any], given: bytes) -> tuple[Kind, bytes]:
    try:
        found = step.work(step.given.model_validate_json(given)).model_dump_json().encode()
    except MemoryError:
        return Kind.TOO_COSTLY, b""
    except Exception as error:  # noqa: BLE001 - told to the worker, which fails the step
        return Kind.DEFECT, type(error).__name__.encode()
    return (Kind.TOO_COSTLY, b"") if len(found) > MAX_REPLY_BYTES else (Kind.FOUND, found)


def _read(count: int) -> bytes:
    """Exactly ``count`` bytes; none when the worker is gone."""
    read = bytearray()
    while len(read) < count:
        piece = os.read(_IN, count - len(read))
        if not piece:
            return b""
        read += piece
    return bytes(read)


def _write(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(_OUT, rest) :]
