"""A Temporal server with its UI: ``temporal server start-dev`` over one SQLite file."""

import json
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from bootstrap.connections import TemporalConnection
from bootstrap.embedded.http_probe import answers_ok
from bootstrap.embedded.processes import ManagedProcess, find_program
from bootstrap.settings import server_environment
from domain.audit.search_attributes import SEARCH_ATTRIBUTES

# The development server has one history shard; its default of 20 polls a second costs 50 ms at every step.
# Fairness keys between tenants are ignored unless matching.enableFairness is on. Workflows stay in memory for an hour
# after their end, up to 128,000 of them by default.
_DYNAMIC_CONFIG = (
    "history.transferProcessorMaxPollRPS=1000",
    "matching.enableFairness=true",
    "history.hostLevelCacheMaxSize=1000",
)
# synchronous=full: nothing acknowledged is lost when the power fails.
_PRAGMAS = ("journal_mode=wal", "synchronous=full")


class TemporalServer(ManagedProcess):
    """Temporal on 127.0.0.1:``port``, its UI on ``ui_port`` of ``ui_ip`` and its HTTP API on ``http_port``.

    The HTTP API has no authentication, and a browser sends it the simple POST of any page. So it answers to one name
    only, drawn at each start: it is told to the server and to nobody else, and no page can send it. The UI answers to
    every name; against pages that rebind theirs to it, it stands where they would have to guess it.

    Histories are in ``database`` and survive ``kill -9``. The search attributes are registered; the retention
    of the namespace is set by ``bootstrap.temporal_setup``, which serves external servers too.
    """

    def __init__(
        self, database: Path, port: int, ui_port: int, http_port: int, log: Path, *, ui_ip: str = "127.0.0.1"
    ) -> None:
        super().__init__("Temporal", log)
        self.database = database.resolve()
        self.ui_ip = ui_ip
        self._http_host = f"{secrets.token_hex(16)}.invalid"
        self.port, self.ui_port, self.http_port = port, ui_port, http_port
        self.connection = TemporalConnection(address=self.address)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def ui_url(self) -> str:
        return f"http://{self.ui_ip}:{self.ui_port}"

    def command(self) -> list[str]:
        program = find_program(self.name, "temporal")
        return [
            *(program, "server", "start-dev", "--ip", "127.0.0.1", "--port", str(self.port)),
            *("--ui-ip", self.ui_ip, "--ui-port", str(self.ui_port), "--http-port", str(self.http_port)),
            *("--db-filename", str(self.database), "--log-level", "warn", "--ui-disable-news-fetch"),
            *_repeat_flag("--dynamic-config-value", (*_DYNAMIC_CONFIG, self._allowed_hosts)),
            *_repeat_flag("--sqlite-pragma", _PRAGMAS),
            *_repeat_flag("--search-attribute", [f"{name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items()]),
            "--disable-config-file",
            "--disable-config-env",
        ]

    @property
    def _allowed_hosts(self) -> str:
        return f"frontend.httpAllowedHosts={json.dumps([self._http_host])}"

    def environment(self) -> dict[str, str]:
        return server_environment(self.database.parent, {})

    def prepare(self) -> None:
        self.database.parent.mkdir(parents=True, exist_ok=True)
        if self.database.exists() and _is_half_made(self.database):
            for suffix in ("", "-wal", "-shm", "-journal"):
                self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)

    def _describe_exit(self) -> str:
        return f"{super()._describe_exit()}\n{self._remedy()}"

    def _remedy(self) -> str:
        if not self.database.exists():
            return "`answerable up` tries again."
        return (
            f"If {self.database} is damaged, restore it with its -wal file, or move them away: documents and answers "
            "stay in PostgreSQL, running workflows and histories are lost."
        )

    def is_ready(self) -> bool:
        url = f"http://127.0.0.1:{self.http_port}/api/v1/namespaces/default"
        return self.listens_on(self.port) and self.listens_on(self.http_port) and answers_ok(url, self._http_host)


def _is_half_made(database: Path) -> bool:
    """Whether its very first start was cut off: the server makes its tables only when there is no file yet.

    The namespace comes after the last table and before any workflow, so without it there is nothing to lose. A file
    that cannot be read is damaged rather than half made, and stays for a person to look at.
    """
    with closing(sqlite3.connect(database)) as connection:
        try:
            tables = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'namespaces'")
            if tables.fetchone() is None:
                return True
            return connection.execute("SELECT 1 FROM namespaces WHERE name = 'default'").fetchone() is None
        except sqlite3.DatabaseError:
            return False


def _repeat_flag(flag: str, values: list[str] | tuple[str, ...]) -> list[str]:
    return [part for value in values for part in (flag, value)]
