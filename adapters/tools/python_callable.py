"""Functions of packs, each call in a process of its own: what hangs, floods or crashes there harms nobody."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Collection
from contextlib import suppress
from typing import Final

import structlog

from adapters.confined.environment import bare_environment
from adapters.confined.layers import Layer
from adapters.tools.invocation import Invocation
from answerable_sdk.pack_tools import PythonCallable
from domain.base import JsonValue
from domain.packs.errors import ToolError, ToolReplyInvalidError, ToolReplyTooLargeError, ToolTimeoutError
from domain.packs.tool import ToolOutput

_log = structlog.get_logger(__name__)

MAX_BYTES: Final = 1024 * 1024
_STARTING_SECONDS: Final = 3.0
"""What a fresh interpreter may take on a busy machine before the function's own time begins."""

_OUT_OF_PROCESSOR_TIME: Final = -getattr(signal, "SIGXCPU", 0) or None


class PythonConnector:
    """Calls a function by name in a fresh interpreter, which has no variable of the platform and no network.

    Without a ``required`` layer of confinement no function is called.
    """

    def __init__(self, required: Collection[Layer] = ()) -> None:
        self._required = list(required)

    async def call(self, connector: PythonCallable, invocation: Invocation) -> ToolOutput:
        """Raises ToolTimeout-, ToolReplyTooLarge- or ToolReplyInvalidError, and ToolError when the function raised."""
        order = {
            "function": connector.address,
            "arguments": invocation.arguments,
            "cpu_seconds": int(connector.timeout_seconds) + 1,
            "folder": str(invocation.folder.absolute()),
            "required": self._required,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "adapters.tools.python_process",
            env=bare_environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(connector.timeout_seconds + _STARTING_SECONDS):
                reply = await _converse(process, json.dumps(order).encode(), invocation.tool)
        except TimeoutError as error:
            raise ToolTimeoutError(
                f"{invocation.tool} did not answer within {connector.timeout_seconds:g} seconds.", tool=invocation.tool
            ) from error
        finally:
            # Its session is its own: whatever it may have started ends with it.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        return ToolOutput(data=_data(reply, invocation.tool), source=f"python {connector.address}")


async def _converse(process: asyncio.subprocess.Process, order: bytes, tool: str) -> bytes:
    """Raises TimeoutError when the process used up its processor time."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process was started without its pipes")
    process.stdin.write(order)
    process.stdin.close()
    reply = bytearray()
    while piece := await process.stdout.read(64 * 1024):
        reply += piece
        if len(reply) > MAX_BYTES:
            raise ToolReplyTooLargeError(f"{tool} returned more than {MAX_BYTES} bytes.", tool=tool)
    if await process.wait() == _OUT_OF_PROCESSOR_TIME:
        # A function that never pauses meets this limit before the clock's on a machine that is not busy.
        raise TimeoutError
    return bytes(reply)


def _data(reply: bytes, tool: str) -> JsonValue:
    try:
        outcome = json.loads(reply)
    except (ValueError, RecursionError) as error:
        _log.warning("tool_crashed", tool=tool)
        raise ToolError(f"{tool} broke down while it worked.", tool=tool) from error
    if "data" in outcome:
        data: JsonValue = outcome["data"]
        return data
    if outcome.get("invalid"):
        raise ToolReplyInvalidError(f"{tool} returned what JSON cannot hold.", tool=tool)
    # The name of the class only: the text of an error may quote data.
    _log.warning("tool_raised", tool=tool, error_type=outcome.get("raised"))
    raise ToolError(f"{tool} failed.", tool=tool)
