"""How to reach each of the three servers: validated values, with secrets that do not print."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr


@dataclass(frozen=True)
class TemporalConnection:
    """``address`` is host:port of the frontend; ``api_key`` implies TLS (Temporal Cloud)."""

    address: str
    namespace: str = "default"
    api_key: SecretStr | None = None
    tls: bool = False


@dataclass(frozen=True)
class DatabaseConnection:
    """``url`` connects as the app role; ``owner_url``, for migrations only, may be absent. Both libpq URLs."""

    url: SecretStr
    owner_url: SecretStr | None = None
    pool_size: int = 10


@dataclass(frozen=True)
class ObjectStoreConnection:
    """``endpoint`` is host:port without a scheme; ``secure`` chooses https."""

    endpoint: str
    access_key: SecretStr
    secret_key: SecretStr
    bucket: str = "answerable"
    secure: bool = False
    region: str | None = None


def check_address(value: str) -> str:
    """``value`` when it is host:port. Raises ValueError otherwise."""
    if "://" in value or "/" in value:
        raise ValueError("must be host:port without a scheme or path, for example 127.0.0.1:7233")
    host, colon, port = value.rpartition(":")
    if not (host and colon and port.isdigit() and 0 < int(port) <= 65535):
        raise ValueError("must be host:port, for example 127.0.0.1:7233")
    return value


def normalise_database_url(value: SecretStr) -> SecretStr:
    """``value`` as a postgresql:// URL for libpq; ``postgres://`` and SQLAlchemy's ``+psycopg`` are accepted.

    Raises ValueError, which never repeats the URL because it holds a password.
    """
    scheme, separator, rest = value.get_secret_value().partition("://")
    if not separator or scheme not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise ValueError("must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    url = f"postgresql://{rest}"
    parts = urlsplit(url)
    if not (parts.hostname and parts.username and parts.path.strip("/")):
        raise ValueError("must name a user, a host and a database: postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    return SecretStr(url)


def describe_database(url: SecretStr) -> str:
    """host:port/database, without the credentials."""
    parts = urlsplit(url.get_secret_value())
    return f"{parts.hostname}:{parts.port or 5432}{parts.path}"
