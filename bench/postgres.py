"""A PostgreSQL server for one measurement, as the product runs it embedded."""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bootstrap.embedded.postgres import PostgresServer, generate_passwords


@contextmanager
def started_postgres() -> Iterator[PostgresServer]:
    """Empty but for its roles and extension; gone afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="answerable-bench-") as folder:
        Path(folder).chmod(0o711)
        server = PostgresServer(Path(folder) / "pg", port, generate_passwords(), Path(folder) / "log")
        server.prepare()
        server.start()
        server.finish()
        try:
            yield server
        finally:
            server.stop()
