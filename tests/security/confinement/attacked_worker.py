"""A process with secrets, as a worker is one, whose parser and tool attack it: `… -m … root|user`, JSON on output.

``user`` gives up root's rights first, where it has them, so that both ways of running are tried on one machine.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from adapters.confined.code_paths import code_paths
from adapters.confined.environment import bare_environment
from adapters.confined.libc import PR_SET_DUMPABLE, prctl
from adapters.confined.namespaces import closed_folders, open_view
from adapters.confined.probe import probed
from adapters.confined.processes import hide_memory
from adapters.document_processes.isolated import IsolatedParser
from adapters.document_processes.processes import ForkedProcesses
from adapters.tools.invocation import Invocation
from adapters.tools.python_callable import PythonConnector
from answerable_sdk.packs import PythonCallable
from tests.security.confinement.attackers import attacking_tool
from tests.security.confinement.attacks import Target, tried

_SOMEBODY = 54_321
_PACK = Path(__file__).parents[3] / "packs" / "product_support"


def become_an_ordinary_user() -> None:
    if os.geteuid() == 0:
        if closed := closed_folders(code_paths()):
            open_view(closed, code_paths())
        os.setgroups([])
        os.setresgid(_SOMEBODY, _SOMEBODY, _SOMEBODY)
        os.setresuid(_SOMEBODY, _SOMEBODY, _SOMEBODY)
        # As a process is that was started as this user; a change of user hides memory.
        prctl(PR_SET_DUMPABLE, 1)


def laid_out(scratch: Path, bystander: int, listener: socket.socket) -> Target:
    """Everything that there is to be had, in place."""
    data, other = scratch / "data", scratch / "jobs" / "answerable-parse-1-other"
    data.mkdir(mode=0o700)
    other.mkdir(mode=0o700, parents=True)
    for path in (data / "secrets.json", other / "source"):
        path.touch(mode=0o600)
        path.write_text("hunter2")
    code = scratch / "module.py"
    code.write_text("x = 1\n")
    code.chmod(0o755)
    unix, abstract = f"{scratch}/database.sock", f"answerable-{uuid4()}"
    for address in (unix, f"\0{abstract}"):
        stream = socket.socket(socket.AF_UNIX)
        stream.bind(address)
        stream.listen(8)
        stream.detach()
    datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    datagrams.bind(f"{unix}.datagram")
    datagrams.detach()
    for name in (unix, f"{unix}.datagram"):
        Path(name).chmod(0o777)
    return Target(
        worker=os.getpid(),
        bystander=bystander,
        secret_file=str(data / "secrets.json"),
        code_file=str(code),
        outside=str(scratch / "outside"),
        other_job=str(other / "source"),
        tcp_port=listener.getsockname()[1],
        unix_socket=unix,
        abstract_socket=abstract,
    )


def unconfined(target: Target) -> dict[str, str]:
    """The same attacks by a fork of the worker with nothing taken from it: what they are worth."""
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writer, json.dumps(tried(target)).encode() + b"\n")
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        found: dict[str, str] = json.loads(file.readline())
    os.waitpid(child, 0)
    return found


def survivor(target: Target) -> int:
    """1 if an attack left a process behind that still runs; it is ended."""
    note = Path(f"{target.outside}.survivor")
    with suppress(OSError, ValueError):
        os.kill(int(note.read_text()), signal.SIGKILL)
        note.unlink()
        return 1
    return 0


async def attacked(target: Target, scratch: Path) -> dict[str, Any]:
    hide_memory()
    document = scratch / "document.json"
    document.touch(mode=0o600)
    document.write_text(target.model_dump_json())
    processes = ForkedProcesses(bare_environment(), "tests.security.confinement.attackers")
    async with IsolatedParser(processes=processes) as parser:
        parsed = json.loads((await parser.parse(document, "", "attack.json")).text)
        left_by_parser = survivor(target)
    called = await PythonConnector().call(
        PythonCallable(function=attacking_tool, timeout_seconds=15),
        Invocation(
            tool="some.tool",
            tenant_id=uuid4(),
            arguments={"target": target.model_dump()},
            idempotency_key="turn/1/tool/1",
            folder=_PACK,
        ),
    )
    report = await probed()
    return {
        "missing": report.model_dump()["missing"],
        "parser": parsed,
        "tool": called.data,
        "survivors": {"parser": left_by_parser, "tool": survivor(target)},
    }


def main() -> None:
    if sys.argv[1] == "user":
        become_an_ordinary_user()
    with TemporaryDirectory(dir="/tmp") as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        scratch = Path(folder)
        # Open, as a shared folder for temporary files is.
        scratch.chmod(0o777)
        os.chdir(scratch)
        with subprocess.Popen(["sleep", "300"]) as bystander:
            try:
                target = laid_out(scratch, bystander.pid, listener)
                bare = unconfined(target)
                left = survivor(target)
                found = asyncio.run(attacked(target, scratch))
            finally:
                bystander.kill()
    sys.stdout.write(json.dumps({**found, "unconfined": bare, "left_unconfined": left}))


if __name__ == "__main__":
    main()
