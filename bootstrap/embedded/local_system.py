"""The parts of one machine's system: which are embedded, which external, on which ports, with which settings."""

from dataclasses import dataclass

from pydantic import SecretStr

from bootstrap.connections import describe_database
from bootstrap.embedded.application import ApiProcess, WorkerProcess
from bootstrap.embedded.data_directory import DataDirectory, LocalSecrets
from bootstrap.embedded.free_ports import check_host, choose_port, is_free, why_not_free
from bootstrap.embedded.object_store import ObjectStoreServer
from bootstrap.embedded.placement import place_postgres
from bootstrap.embedded.postgres import PostgresPasswords, PostgresServer
from bootstrap.embedded.processes import ManagedProcess
from bootstrap.embedded.state import remembered_ports, store_ports
from bootstrap.embedded.temporal import TemporalServer
from bootstrap.errors import StartupError
from bootstrap.settings import Settings

# Away from the usual ports where people run their own servers of the kind; Temporal's is the documented one. What
# speaks HTTP has none that a page in a browser could know.
_DEFAULT_PORTS = {
    "temporal": 7233,
    "temporal_ui": None,
    "temporal_http": None,
    "postgres": 15432,
    "object_store": 19000,
}

_WELL_KNOWN_HTTP_PORTS = frozenset({7243, 8233})
"""What earlier releases chose, and data directories remember."""


@dataclass(frozen=True)
class LocalSystem:
    """``settings`` are resolved: every address is known. ``external`` maps a part to the address of somebody else's."""

    settings: Settings
    servers: list[ManagedProcess]
    application: list[ManagedProcess]
    api: ApiProcess
    external: dict[str, str]
    notices: list[str]


def assemble(settings: Settings, data: DataDirectory) -> LocalSystem:
    """Decide the parts and choose their ports, starting nothing. Raises StartupError."""
    secrets = data.secrets()
    ports = _choose_ports(settings, data)
    servers: list[ManagedProcess] = []
    external: dict[str, str] = {}
    notices: list[str] = []
    if settings.database_url:
        external["PostgreSQL"] = describe_database(settings.database_url)
    else:
        placement = place_postgres(data, secrets.instance_id)
        notices += [placement.notice] if placement.notice else []
        passwords = PostgresPasswords(
            secrets.postgres_superuser, secrets.postgres_owner, secrets.postgres_app, secrets.postgres_reader
        )
        postgres = PostgresServer(placement.directory, ports["postgres"], passwords, data.logs / "postgres.log")
        servers.append(postgres)
        settings = settings.model_copy(
            update={
                "database_url": postgres.app_url,
                "database_owner_url": postgres.owner_url,
                "database_reader_url": postgres.reader_url,
            }
        )
    settings = _add_temporal(settings, data, secrets, ports, servers, external)
    settings = _add_object_store(settings, data, secrets, ports, servers, external)
    if ports["api"] != settings.api_port:
        reason = why_not_free(settings.api_port, settings.api_host)
        notices.append(f"Port {settings.api_port} {reason}: the API listens on {ports['api']}.")
    changes = {"api_port": ports["api"], "data_dir": data.path}
    if settings.request_signing_key is None:
        changes["request_signing_key"] = secrets.request_signing_key
    settings = settings.model_copy(update=changes)
    api, workers = _application(settings, data)
    return LocalSystem(settings, servers, [*workers, api], api, external, notices)


def _add_temporal(
    settings: Settings,
    data: DataDirectory,
    secrets: LocalSecrets,
    ports: dict[str, int],
    servers: list[ManagedProcess],
    external: dict[str, str],
) -> Settings:
    if settings.temporal_address:
        external["Temporal"] = f"{settings.temporal_address}, namespace {settings.temporal_namespace}"
        return settings
    chosen = (ports["temporal"], ports["temporal_ui"], ports["temporal_http"])
    temporal = TemporalServer(
        data.temporal / "temporal.db", *chosen, data.logs / "temporal.log", ui_ip=secrets.temporal_ui_ip
    )
    servers.append(temporal)
    found = {"temporal_address": temporal.address, "temporal_ui_url": temporal.ui_url, "temporal_namespace": "default"}
    return settings.model_copy(update={**found, "temporal_tls": False, "temporal_api_key": None})


def _add_object_store(
    settings: Settings,
    data: DataDirectory,
    secrets: LocalSecrets,
    ports: dict[str, int],
    servers: list[ManagedProcess],
    external: dict[str, str],
) -> Settings:
    if settings.s3_endpoint:
        external["Object store"] = f"{settings.s3_endpoint}, bucket {settings.s3_bucket}"
        return settings
    store = ObjectStoreServer(
        data.objects,
        ports["object_store"],
        secrets.s3_access_key,
        secrets.s3_secret_key,
        data.logs / "object-store.log",
        bucket=settings.s3_bucket,
    )
    servers.append(store)
    found = store.connection
    return settings.model_copy(
        update={
            "s3_endpoint": found.endpoint,
            "s3_access_key": found.access_key,
            "s3_secret_key": found.secret_key,
            "s3_secure": False,
            "s3_region": "us-east-1",
        }
    )


def _choose_ports(settings: Settings, data: DataDirectory) -> dict[str, int]:
    """The ports of the last start where they are free; the API's configured port always comes first."""
    remembered = remembered_ports(data)
    chosen = {"api": _choose_api_port(settings, remembered)}
    for role, default in _DEFAULT_PORTS.items():
        preferred = remembered.get(role, default)
        if preferred in _WELL_KNOWN_HTTP_PORTS:
            preferred = None
        chosen[role] = choose_port(preferred, avoid=chosen.values())
    store_ports(data, chosen)
    return chosen


def _choose_api_port(settings: Settings, remembered: dict[str, int]) -> int:
    check_host(settings.api_host)
    if is_free(settings.api_port, settings.api_host):
        return settings.api_port
    if "api_port" in settings.model_fields_set:
        # Somebody wants exactly this one: clients may know it, and another would surprise them.
        reason = why_not_free(settings.api_port, settings.api_host)
        raise StartupError("API", f"port {settings.api_port} (API_PORT) {reason}; free it or set another")
    return choose_port(remembered.get("api"), settings.api_host)


def _application(settings: Settings, data: DataDirectory) -> tuple[ApiProcess, list[WorkerProcess]]:
    resolved = child_variables(settings)
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.api_host, settings.api_host)  # noqa: S104 - recognised, not bound
    api = ApiProcess("API", "api", resolved, data.logs / "api.log", f"http://{host}:{settings.api_port}")
    workers = [
        WorkerProcess(f"Chat worker {number}", "workers.chat", resolved, data.logs / f"chat-worker-{number}.log")
        for number in (1, 2)
    ]
    ingest = WorkerProcess("Ingest worker", "workers.ingest", resolved, data.logs / "ingest-worker.log")
    return api, [*workers, ingest]


def child_variables(settings: Settings) -> dict[str, str]:
    """The resolved settings that a child must not work out again, as environment variables."""
    values: dict[str, str | SecretStr | None] = {
        "ANSWERABLE_PROFILE": settings.profile.value,
        "ANSWERABLE_DATA_DIR": str(settings.data_dir),
        "TEMPORAL_ADDRESS": settings.temporal_address,
        "TEMPORAL_NAMESPACE": settings.temporal_namespace,
        "TEMPORAL_TLS": str(settings.temporal_tls).lower(),
        "TEMPORAL_API_KEY": settings.temporal_api_key,
        "TEMPORAL_UI_URL": settings.temporal_ui_url,
        "REQUEST_SIGNING_KEY": settings.request_signing_key,
        "DATABASE_URL": settings.database_url,
        "DATABASE_READER_URL": settings.database_reader_url,
        "S3_ENDPOINT": settings.s3_endpoint,
        "S3_ACCESS_KEY": settings.s3_access_key,
        "S3_SECRET_KEY": settings.s3_secret_key,
        "S3_BUCKET": settings.s3_bucket,
        "S3_SECURE": str(settings.s3_secure).lower(),
        "S3_REGION": settings.s3_region,
        "API_HOST": settings.api_host,
        "API_PORT": str(settings.api_port),
    }
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in values.items()
        if value
    }
