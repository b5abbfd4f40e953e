"""A parser and a tool that attack, and show that ordinary work still works. Each returns {"attacks", "work"}."""

import asyncio
import importlib
import json
import os
import tempfile
import threading
from pathlib import Path
from typing import Any

from adapters.document_processes.fork_server import main
from domain.knowledge.parsed import ParsedDocument
from tests.security.confinement.attacks import Target, tried


class AttackingParser:
    """Reads a Target as its document."""

    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:
        target = Target.model_validate_json(path.read_bytes())
        with tempfile.TemporaryFile() as written:
            written.write(b"x")
        found = {"work": work(), "attacks": tried(target), "environment": dict(os.environ)}
        return ParsedDocument(title=None, text=json.dumps(found), blocks=(), media_type=media_type, parser="attacker/1")


def attacking_tool(target: dict[str, Any]) -> dict[str, Any]:
    """Takes a Target as its argument."""
    return {"work": work(), "attacks": tried(Target.model_validate(target)), "environment": dict(os.environ)}


def work() -> list[str]:
    """What parsers and tools may do: modules loaded late, threads, an event loop, files of a pack."""
    importlib.import_module("xml.dom.minidom")
    importlib.import_module("adapters.retry_after")
    thread = threading.Thread(target=str)
    thread.start()
    thread.join()
    asyncio.run(asyncio.sleep(0))
    pack = Path(importlib.import_module("packs.product_support").__file__ or "").parent
    return [path.name for path in pack.iterdir()]


if __name__ == "__main__":
    main(AttackingParser())
