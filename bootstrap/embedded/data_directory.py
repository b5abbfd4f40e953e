"""The data directory: everything that outlives a stop, and what it takes for one ``up`` at a time to own it."""

import fcntl
import secrets
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_serializer

from bootstrap.embedded.json_files import read_json, write_json, write_private
from bootstrap.embedded.unprivileged import running_as_root
from bootstrap.errors import StartupError, SystemRunningError

_OURS = {
    "lock",
    "logs",
    "objects",
    "postgres",
    "processes.json",
    "secrets.json",
    "servers.env",
    "state.json",
    "temporal",
}


def some_loopback_address() -> str:
    """One of the sixteen million that Linux has; other systems have one."""
    if sys.platform != "linux":
        return "127.0.0.1"
    return ".".join(["127", *(str(1 + secrets.randbelow(254)) for _ in range(3))])


class LocalSecrets(BaseModel):
    """Credentials of the embedded servers, made once. ``instance_id`` names this installation on its machine."""

    model_config = ConfigDict(frozen=True)

    instance_id: str = Field(default_factory=lambda: secrets.token_hex(6))
    postgres_superuser: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_urlsafe(24)))
    postgres_owner: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_urlsafe(24)))
    postgres_app: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_urlsafe(24)))
    postgres_reader: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_urlsafe(24)))
    s3_access_key: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_hex(10)))
    s3_secret_key: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_hex(20)))
    request_signing_key: SecretStr = Field(default_factory=lambda: SecretStr(secrets.token_urlsafe(32)))
    temporal_ui_ip: str = Field(default_factory=some_loopback_address)
    development_api_key: SecretStr | None = None

    @field_serializer("*", when_used="json")
    def _reveal(self, value: object) -> object:
        return value.get_secret_value() if isinstance(value, SecretStr) else value


class DataDirectory:
    """The paths below one data directory, and its lock. Makes nothing before ``create``."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self.logs = self.path / "logs"
        self.objects = self.path / "objects"
        self.postgres = self.path / "postgres"
        self.temporal = self.path / "temporal"
        self.processes = self.path / "processes.json"
        self.state = self.path / "state.json"
        self._secrets = self.path / "secrets.json"
        self._lock_path = self.path / "lock"
        self._lock: BinaryIO | None = None

    def create(self) -> None:
        """Make the directory, closed to other users. Raises StartupError when it is somebody else's."""
        try:
            self._check_ownership()
            if not self.path.exists():
                self.path.mkdir(parents=True)
                # As root, Postgres runs as another user who has to pass through to its own folder below.
                self.path.chmod(0o711 if running_as_root() else 0o700)
            for folder in (self.logs, self.objects, self.temporal):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            cause = f"{error.filename or self.path} cannot be used ({error.strerror}); choose another with --data-dir"
            raise StartupError("The data directory", cause) from error

    def _check_ownership(self) -> None:
        # --reset deletes by name, so a folder with other things in it never becomes a data directory.
        if not self.path.exists() or self._secrets.exists():
            return
        strangers = {entry.name for entry in self.path.iterdir()} - _OURS
        if strangers:
            example = min(strangers)
            cause = f"{self.path} holds other things ({example}, …); choose an empty or new folder with --data-dir"
            raise StartupError("The data directory", cause)

    def lock(self) -> None:
        """Own the directory until this process ends. Raises SystemRunningError when another process does."""
        try:
            lock = self._lock_path.open("ab")
        except PermissionError as error:
            cause = f"{self.path} belongs to another user; run as that user or choose another with --data-dir"
            raise StartupError("The data directory", cause) from error
        except OSError as error:
            cause = (
                f"{self._lock_path} cannot be written ({error.strerror}); fix that or choose another with --data-dir"
            )
            raise StartupError("The data directory", cause) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            state = stored_state(self)
            url = state.get("api_url") or state.get("ui_url")
            raise SystemRunningError(self.path, url if isinstance(url, str) else None) from None
        self._lock = lock

    def unlock(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None

    def secrets(self) -> LocalSecrets:
        """The credentials, made and stored at the first call."""
        stored = self.stored_secrets()
        if stored is None:
            self._check_no_database_was_left()
        # Written again when a release has added a credential, which would else be another one at every start.
        if stored is None or stored.model_fields_set != set(LocalSecrets.model_fields):
            stored = stored or LocalSecrets()
            self.store_secrets(stored)
        return stored

    def _check_no_database_was_left(self) -> None:
        # New credentials would not open the old database, and would make restoring the right ones harder.
        if (self.postgres / "cluster").exists():
            cause = f"{self._secrets} is gone, without which the database in {self.postgres} does not open"
            raise StartupError("The data directory", f"{cause}; restore it, or start afresh with --reset")

    def stored_secrets(self) -> LocalSecrets | None:
        """The credentials, or None before the first start. Raises StartupError when the file is damaged."""
        if not self._secrets.exists():
            return None
        try:
            return LocalSecrets.model_validate_json(self._secrets.read_bytes())
        except (OSError, ValueError) as error:
            cause = f"{self._secrets} cannot be read; restore it, or start afresh with --reset"
            raise StartupError("The data directory", cause) from error

    def store_secrets(self, content: LocalSecrets) -> None:
        write_json(self._secrets, content.model_dump(mode="json"))

    def write_environment(self, variables: Mapping[str, str], owner_url: SecretStr | None) -> Path:
        """Write a file for a shell to source, readable by its owner only, and return its path."""
        owner = {"DATABASE_OWNER_URL": owner_url.get_secret_value()} if owner_url else {}
        lines = [f"{name}={shlex.quote(value)}\n" for name, value in {**variables, **owner}.items()]
        path = self.path / "servers.env"
        write_private(path, "".join(lines))
        return path

    def erase(self) -> None:
        """Delete what Answerable keeps here, and nothing else that may lie beside it."""
        for name in sorted(_OURS - {"lock"}):
            path = self.path / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def stored_state(data: DataDirectory) -> dict[str, Any]:
    """What ``state.json`` says; empty when it is absent or damaged, because nothing in it is irreplaceable."""
    state = read_json(data.state)
    return state if isinstance(state, dict) else {}
