"""Which layers of confinement hold on this machine: tried in a real child, and tried against."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from adapters.confined.environment import bare_environment
from adapters.confined.layers import Layer, Report
from adapters.confined.process_limits import ProcessLimits
from adapters.confined.processes import is_memory_hidden
from adapters.confined.sandbox import Sandbox

_SECONDS: Final = 30.0


async def probed() -> Report:
    """What a child of this process has, and whether this process hides its own memory.

    It says that nothing holds where no child could be asked.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "adapters.confined.probe",
        env=bare_environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            said, _ = await process.communicate()
        missing = dict(Report.model_validate_json(said).missing)
    except (TimeoutError, ValidationError):
        missing = dict.fromkeys(Layer, "the process that was to find out broke down")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if is_memory_hidden():
        missing.pop(Layer.PARENT, None)
    else:
        missing.setdefault(Layer.PARENT, "this process lets others of its user look into its memory")
    return Report(missing=missing)


def main() -> None:
    """Enter the sandbox and write the report to standard output."""
    report = Sandbox.prepare().enter(ProcessLimits())
    missing = report.missing | {
        layer: "it is in place and does not hold"
        for layer, crime in _CRIMES
        if layer not in report.missing and _succeeds(crime)
    }
    sys.stdout.write(Report(missing=missing).model_dump_json())


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


_CRIMES: Final[tuple[tuple[Layer, Callable[[], object]], ...]] = (
    (Layer.SYSTEM_CALLS, lambda: socket.socket().close()),
    (Layer.SYSTEM_CALLS, _fork),
    (Layer.FILES, lambda: Path("/etc/passwd").read_bytes()),
    (Layer.FILES, lambda: os.close(os.open("/tmp", os.O_TMPFILE | os.O_WRONLY))),  # noqa: S108 - it must fail
    (Layer.USER, lambda: os.setuid(0)),
    (Layer.PARENT, lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes()),
)


def _succeeds(crime: Callable[[], object]) -> bool:
    try:
        crime()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
