"""The database of a system that runs on this machine, for tools that look past its API."""

from pathlib import Path

from pydantic import SecretStr

from bootstrap.embedded.data_directory import DataDirectory
from bootstrap.embedded.postgres import PostgresPasswords, PostgresServer
from bootstrap.embedded.state import remembered_ports
from bootstrap.errors import StartupError
from bootstrap.settings import Settings


def running_database(settings: Settings, data_dir: Path) -> SecretStr:
    """The URL, as the app role, of the external database or of the one embedded in ``data_dir``.

    Raises StartupError when nothing in ``data_dir`` says where that is.
    """
    if settings.database_url is not None:
        return settings.database_url
    data = DataDirectory(data_dir)
    secrets, port = data.stored_secrets(), remembered_ports(data).get("postgres")
    if secrets is None or port is None:
        raise StartupError("PostgreSQL", f"{data.path} does not say where its database is")
    passwords = PostgresPasswords(
        secrets.postgres_superuser, secrets.postgres_owner, secrets.postgres_app, secrets.postgres_reader
    )
    return PostgresServer(data.postgres, port, passwords, data.logs / "postgres.log").app_url
