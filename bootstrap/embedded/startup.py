"""The order of a start: servers, schema, processes, demo tenant. Shows nothing itself; a ``Progress`` does."""

import asyncio
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol
from urllib.parse import urlsplit

import psutil
from pydantic import SecretStr

from adapters.postgres import migrations
from bootstrap.embedded import object_store
from bootstrap.embedded.data_directory import DataDirectory
from bootstrap.embedded.external_servers import wait_for_database, wait_for_object_store, wait_for_temporal
from bootstrap.embedded.local_system import LocalSystem
from bootstrap.embedded.state import RunningSystem, store_running
from bootstrap.embedded.supervisor import Supervisor
from bootstrap.settings import Settings
from bootstrap.temporal_setup import prepare_namespace


class Progress(Protocol):
    """Tells a person how far the start has come."""

    def step(self, title: str, detail: str = "") -> AbstractContextManager[None]:
        """Show that ``title`` is under way, and with ``detail`` and its time when it is done."""
        ...

    def note(self, text: str) -> None: ...

    def warn(self, text: str) -> None: ...


class Provision(Protocol):
    """Makes what a newcomer's first question needs; safe to repeat at every start."""

    def __call__(self, settings: Settings, api_key: SecretStr | None) -> SecretStr:
        """Ensure the demo tenant, bot, dataset and development API key, and return the key's text.

        ``api_key`` is the key of earlier starts; another one is returned when it does not work any more.
        ``settings`` are resolved; ``settings.database`` connects as the app role.
        """
        ...


class StartUp:
    """One start of an assembled system."""

    def __init__(self, system: LocalSystem, data: DataDirectory, supervisor: Supervisor, progress: Progress) -> None:
        self._system = system
        self._settings = system.settings
        self._data = data
        self._supervisor = supervisor
        self._progress = progress

    def start_servers(self) -> None:
        """Start the embedded servers, wait for the external ones, and prepare them all.

        Raises StartupError, StopRequested, and what a failed migration raises.
        """
        for server in self._system.servers:
            with self._progress.step(server.name, server.address):
                self._supervisor.start(server)
        self._wait_for_external()
        with self._progress.step("Temporal namespace", f"{self._settings.temporal_namespace}, kept for 90 days"):
            warnings = self._supervisor.run_beside(lambda: asyncio.run(prepare_namespace(self._settings.temporal)))
        for warning in warnings:
            self._progress.warn(warning)
        self._migrate()

    def start_application(self) -> None:
        """Start the workers and the API together. Raises StartupError or StopRequested."""
        application = self._system.application
        with self._progress.step(f"API and {len(application) - 1} workers", self._system.api.url):
            self._supervisor.start(*application)

    def provision(self, provision: Provision) -> SecretStr:
        """Make the demo tenant and return the development API key, which the data directory remembers."""
        secrets = self._data.secrets()
        with self._progress.step("Demo tenant and development API key"):
            key = self._supervisor.run_beside(lambda: provision(self._settings, secrets.development_api_key))
        self._data.store_secrets(secrets.model_copy(update={"development_api_key": key}))
        return key

    def publish_state(self, *, with_api: bool) -> RunningSystem:
        """Write down where the system answers, for the command line and for a second ``up``."""
        own = psutil.Process(os.getpid())
        running = RunningSystem(
            api_url=self._system.api.url if with_api else None,
            temporal_address=self._settings.temporal.address,
            namespace=self._settings.temporal_namespace,
            ui_url=self._settings.temporal_ui_url,
            pid=own.pid,
            pid_created=own.create_time(),
        )
        store_running(self._data, running)
        return running

    def _wait_for_external(self) -> None:
        settings = self._settings
        waits: dict[str, Callable[[], None]] = {
            "PostgreSQL": lambda: wait_for_database(settings.database),
            "Temporal": lambda: asyncio.run(wait_for_temporal(settings.temporal)),
            "Object store": self._wait_for_bucket,
        }
        for part, address in self._system.external.items():
            with self._progress.step(f"{part} (external)", address):
                self._supervisor.run_beside(waits[part])

    def _wait_for_bucket(self) -> None:
        wait_for_object_store(self._settings.object_store)
        object_store.ensure_bucket(self._settings.object_store)

    def _migrate(self) -> None:
        owner_url = self._settings.database.owner_url
        if owner_url is None:
            self._progress.warn(
                "DATABASE_OWNER_URL is not set: the schema is not migrated. Run `alembic upgrade head`."
            )
            return
        app_role = urlsplit(self._settings.database.url.get_secret_value()).username or migrations.DEFAULT_APP_ROLE
        with self._progress.step("Database schema"):
            self._supervisor.run_beside(lambda: migrations.upgrade(owner_url.get_secret_value(), app_role=app_role))
