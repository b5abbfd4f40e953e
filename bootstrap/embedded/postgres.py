"""PostgreSQL 18 with pgvector: one server on loopback with password authentication, over one folder."""

import fcntl
import secrets
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import psutil
import psycopg
from pydantic import SecretStr

from bootstrap.connections import DatabaseConnection
from bootstrap.embedded.disk_space import full_disk
from bootstrap.embedded.json_files import write_private
from bootstrap.embedded.postgres_binaries import MAJOR_VERSION, find_binaries
from bootstrap.embedded.postgres_memory import buffer_megabytes, memory_bytes
from bootstrap.embedded.postgres_roles import APP, DATABASE, OWNER, READER, SUPERUSER, create_roles
from bootstrap.embedded.processes import ManagedProcess, end_for_certain
from bootstrap.embedded.unprivileged import choose_user, give_to, run_as
from bootstrap.errors import StartupError
from bootstrap.settings import server_environment

_POSTMASTER_STATUS_LINE = 7
_STRAY_SECONDS = 10.0
_LOST_PASSWORDS = "if secrets.json was lost, restore it, or start afresh with `answerable up --reset`"

# One machine shared with the rest of the system. Durability stays at the defaults: fsync and full page writes on.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "password_encryption": "scram-sha-256",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "idle_in_transaction_session_timeout": "10min",
}


@dataclass(frozen=True)
class PostgresPasswords:
    superuser: SecretStr
    owner: SecretStr
    app: SecretStr
    reader: SecretStr


def generate_passwords() -> PostgresPasswords:
    """Four new random passwords, safe inside a URL."""
    return PostgresPasswords(*(SecretStr(secrets.token_urlsafe(24)) for _ in range(4)))


class PostgresServer(ManagedProcess):
    """PostgreSQL on 127.0.0.1:``port`` with the database ``answerable`` and its roles.

    ``directory`` belongs to this server: it holds the cluster and a lock, so that two servers never share it. As
    root the server runs as an unprivileged user, who must be able to reach ``directory``.
    """

    # Fast shutdown: sessions are cut off, nothing is lost. SIGTERM would wait for every client to leave.
    stop_signal = signal.SIGINT
    death_signal = signal.SIGINT
    grace_seconds = 20.0

    def __init__(self, directory: Path, port: int, passwords: PostgresPasswords, log: Path) -> None:
        super().__init__("PostgreSQL", log)
        self.directory = directory.resolve()
        self.port = port
        self.passwords = passwords
        self._binaries: Path | None = None
        self._lock: BinaryIO | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def cluster(self) -> Path:
        return self.directory / "cluster"

    @property
    def superuser_url(self) -> SecretStr:
        """For bootstrap only: extensions and roles."""
        return self._url(SUPERUSER, self.passwords.superuser)

    @property
    def owner_url(self) -> SecretStr:
        """Owns the schema; for migrations only."""
        return self._url(OWNER, self.passwords.owner)

    @property
    def app_url(self) -> SecretStr:
        """What the API and the workers use: owns nothing, bound by row-level security."""
        return self._url(APP, self.passwords.app)

    @property
    def reader_url(self) -> SecretStr:
        """What tools of packs use: reads the tables that it is granted, bound by row-level security."""
        return self._url(READER, self.passwords.reader)

    @property
    def connection(self) -> DatabaseConnection:
        return DatabaseConnection(url=self.app_url, owner_url=self.owner_url)

    def _url(self, user: str, password: SecretStr) -> SecretStr:
        return SecretStr(f"postgresql://{user}:{quote(password.get_secret_value())}@{self.address}/{DATABASE}")

    def command(self) -> list[str]:
        given = {**_SETTINGS, "shared_buffers": f"{buffer_megabytes(memory_bytes())}MB"}
        settings = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        return [self._program("postgres"), "-D", str(self.cluster), "-p", str(self.port), *settings]

    def environment(self) -> dict[str, str]:
        return server_environment(self.directory, {})

    def working_directory(self) -> Path:
        return self.directory

    def prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        self.user = choose_user(self.cluster)
        self._binaries = find_binaries(self.user)
        self._end_strays()
        if not self.cluster.exists():
            self._initialise()
        self._check_version()
        if self.cluster.stat().st_uid == 0:
            # Copied by root, for example from a backup.
            give_to(self.user, self.directory)

    def is_ready(self) -> bool:
        """What the server itself says in postmaster.pid: no other server can answer in its place."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            len(lines) > _POSTMASTER_STATUS_LINE
            and lines[0] == str(self.pid)
            and lines[_POSTMASTER_STATUS_LINE].strip() == "ready"
        )

    def finish(self) -> None:
        passwords = {OWNER: self.passwords.owner, APP: self.passwords.app, READER: self.passwords.reader}
        try:
            create_roles(self.superuser_url.get_secret_value(), passwords)
        except psycopg.OperationalError as error:
            self.stop()
            cause = f"its superuser cannot log in to {self.cluster} ({_in_one_line(error)}); {_LOST_PASSWORDS}"
            raise StartupError(self.name, cause, self.log) from error

    def stop(self, grace_seconds: float | None = None) -> None:
        super().stop(grace_seconds)
        self.release_lock()

    def release_lock(self) -> None:
        """Let another server use the folder; a start takes the lock again."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def _program(self, name: str) -> str:
        if self._binaries is None:
            self._binaries = find_binaries(self.user)
        return str(self._binaries / name)

    def _take_lock(self) -> None:
        if self._lock:
            return
        lock = (self.directory / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise StartupError(self.name, f"another Answerable is using {self.directory}") from None
        self._lock = lock

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there: a cut-off initdb leaves no half cluster."""
        partial = self.directory / "cluster.new"
        password_file = self.directory / "initial-password"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        write_private(password_file, self.passwords.superuser.get_secret_value())
        give_to(self.user, self.directory)
        # The builtin provider sorts alike on every machine; the collations of a C library change under an index.
        options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = [f"--username={SUPERUSER}", "--auth=scram-sha-256", f"--pwfile={password_file}"]
        command = [self._program("initdb"), "-D", str(partial), *options, *access]
        try:
            run_as(self.user, command, self.directory, self.environment())
        except subprocess.CalledProcessError as error:
            cause = full_disk(self.directory) or f"initdb failed in {partial}: {error.output.strip()}"
            shutil.rmtree(partial, ignore_errors=True)
            raise StartupError(self.name, cause) from error
        finally:
            password_file.unlink(missing_ok=True)
        partial.rename(self.cluster)

    def _check_version(self) -> None:
        try:
            version = (self.cluster / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            cause = f"{self.cluster} is no whole database (PG_VERSION is missing); restore it from a backup"
            raise StartupError(self.name, f"{cause}, or start afresh with `answerable up --reset`") from None
        if version != MAJOR_VERSION:
            cause = f"{self.cluster} was made by PostgreSQL {version}, but this is {MAJOR_VERSION}"
            raise StartupError(self.name, f"{cause}; upgrade it with pg_upgrade, or choose another --data-dir")

    def _end_strays(self) -> None:
        """End what is left of an earlier server on this folder, whose lock we hold, and its stale pid file.

        Backends outlive a killed postmaster for a moment and block the next one; and a pid file whose number now
        belongs to any other program would block it for ever.
        """
        pid_file = self.cluster / "postmaster.pid"
        if not pid_file.exists() or self.is_running:
            return
        strays = [process for process in psutil.process_iter() if _serves(process, self.cluster)]
        for process in strays:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGQUIT)
        end_for_certain(strays, _STRAY_SECONDS)
        pid_file.unlink(missing_ok=True)


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _serves(process: psutil.Process, cluster: Path) -> bool:
    try:
        return process.name() == "postgres" and Path(process.cwd()) == cluster
    except psutil.Error:
        return False
