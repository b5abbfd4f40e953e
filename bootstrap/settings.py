"""Every setting of every process, and the only module that reads the environment.

Values come from the environment, then from ``.env`` in the working directory, then from the defaults here.
An empty value counts as absent. ``.env.example`` lists the names with their meaning.
"""

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bootstrap.connections import (
    DatabaseConnection,
    ObjectStoreConnection,
    TemporalConnection,
)
from bootstrap.errors import ConfigurationError
from bootstrap.setting_types import (
    Address,
    AllowedUrls,
    DatabaseUrl,
    Port,
    ServiceUrl,
    SigningKey,
    is_open_to_listeners,
)
from domain.identity.signing import SigningKeys


class Profile(StrEnum):
    """Production refuses what is convenient on one machine and unsafe elsewhere."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


_OPENAI = "https://api.openai.com/v1"
_EMBEDDED_HINT = "set it, or start with `answerable up`, which runs an embedded server for it"


def _one_more_than_processors() -> int:
    return 1 + (os.cpu_count() or 1)


class Settings(BaseSettings):
    """All settings, validated. Build it with ``load_settings``, whose errors name variables and remedies."""

    model_config = SettingsConfigDict(
        env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    profile: Profile = Field(default=Profile.DEVELOPMENT, validation_alias="ANSWERABLE_PROFILE")
    data_dir: Path = Field(default=Path(".answerable"), validation_alias="ANSWERABLE_DATA_DIR")
    url: str | None = Field(default=None, validation_alias="ANSWERABLE_URL")
    api_key: SecretStr | None = Field(default=None, validation_alias="ANSWERABLE_API_KEY")

    temporal_address: Address | None = None
    temporal_namespace: str = "default"
    temporal_api_key: SecretStr | None = None
    temporal_tls: bool = False
    temporal_ui_url: str | None = None
    request_signing_key: SigningKey | None = None
    request_signing_key_previous: SigningKey | None = None

    database_url: DatabaseUrl | None = None
    database_owner_url: DatabaseUrl | None = None
    database_reader_url: DatabaseUrl | None = None
    database_pool_size: int = Field(default=10, ge=1, le=500)

    s3_endpoint: Address | None = None
    s3_access_key: SecretStr | None = None
    s3_secret_key: SecretStr | None = None
    s3_bucket: str = Field(default="answerable", pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    s3_secure: bool = False
    s3_region: str | None = None

    api_host: str = "127.0.0.1"
    api_port: Port = 8080
    api_max_connections: int = Field(default=1_000, ge=10, le=100_000)
    api_max_connections_per_peer: int = Field(default=200, ge=1, le=100_000)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"

    confinement: Literal["required", "best_effort"] | None = None
    allow_debugger: bool = False

    embedder: Literal["hash", "sentence-transformers", "openai"] = "sentence-transformers"
    embedding_model: str = ""
    embeddings_base_url: ServiceUrl = _OPENAI
    embeddings_api_key: SecretStr | None = None
    embeddings_model: str = "text-embedding-3-small"
    embeddings_dimension: int | None = Field(default=None, ge=1, le=3072)
    embeddings_shorten: bool = False
    embeddings_batch_size: int = Field(default=64, ge=1, le=2048)
    embeddings_timeout_seconds: float = Field(default=8.0, gt=0, le=60)

    reranker: Literal["none", "local", "cohere"] = "none"
    reranker_cache_mb: int = Field(default=256, ge=1)
    cohere_api_key: SecretStr | None = None
    cohere_base_url: ServiceUrl = "https://api.cohere.com"
    cohere_model: str = Field(default="rerank-v3.5", min_length=1)
    cohere_timeout_seconds: float = Field(default=2.0, gt=0, le=8)

    tool_allowed_urls: AllowedUrls = Field(default_factory=dict)
    tool_secrets: dict[str, SecretStr] = Field(default_factory=dict)
    smallest_count: int = Field(default=5, ge=0, le=1_000_000)

    max_request_bytes: int = Field(default=1024 * 1024, ge=1024)
    max_upload_bytes: int = Field(default=200 * 1024 * 1024, ge=1024)
    turn_wait_seconds: float = Field(default=60.0, gt=0, le=600)
    turns_at_once: int = Field(default_factory=_one_more_than_processors, ge=1, le=1_000)
    refusals_per_second: float = Field(default=5.0, ge=0, le=1_000_000)

    @model_validator(mode="after")
    def _companions_are_given(self) -> Self:
        if self.s3_endpoint and not (self.s3_access_key and self.s3_secret_key):
            raise ValueError("S3_ENDPOINT is set, so S3_ACCESS_KEY and S3_SECRET_KEY must be set too")
        if (self.temporal_api_key or self.temporal_tls) and not self.temporal_address:
            raise ValueError("TEMPORAL_API_KEY or TEMPORAL_TLS is set, so TEMPORAL_ADDRESS must be set too")
        if self.request_signing_key_previous and not self.request_signing_key:
            raise ValueError("REQUEST_SIGNING_KEY_PREVIOUS is set, so REQUEST_SIGNING_KEY must be set too")
        if self.database_owner_url and not self.database_url:
            raise ValueError("DATABASE_OWNER_URL is set, so DATABASE_URL (the app role) must be set too")
        if self.reranker == "cohere" and not self.cohere_api_key:
            raise ValueError("RERANKER is cohere, so COHERE_API_KEY must be set too")
        if self.embedder == "openai" and self.embeddings_dimension is None:
            raise ValueError("EMBEDDER is openai, so EMBEDDINGS_DIMENSION (of the model's vectors) must be set too")
        if self.embedder == "openai" and self.embeddings_base_url == _OPENAI and not self.embeddings_api_key:
            raise ValueError("EMBEDDER is openai, so EMBEDDINGS_API_KEY or another EMBEDDINGS_BASE_URL must be set")
        return self

    @model_validator(mode="after")
    def _production_is_safe(self) -> Self:
        if self.profile is Profile.PRODUCTION and (problems := list(self._production_problems())):
            raise ValueError("the production profile refuses: " + "; ".join(problems))
        return self

    def _production_problems(self) -> list[str]:
        required = {
            "TEMPORAL_ADDRESS": self.temporal_address,
            "DATABASE_URL": self.database_url,
            "S3_ENDPOINT": self.s3_endpoint,
        }
        problems = [
            f"{name} is not set, and embedded servers are for development" for name, v in required.items() if not v
        ]
        if self.request_signing_key is None:
            problems.append("REQUEST_SIGNING_KEY is not set, and whoever reaches Temporal could ask as anybody")
        if self.embedder == "hash":
            problems.append("EMBEDDER=hash retrieves by spelling, for tests only; use sentence-transformers")
        if self.embedder == "openai" and is_open_to_listeners(self.embeddings_base_url):
            problems.append("EMBEDDINGS_BASE_URL is not https, and questions and documents are sent there")
        if self.cohere_api_key and not self.cohere_base_url.startswith("https://"):
            problems.append("COHERE_BASE_URL is not https, and questions and passages are sent there")
        return problems + self._role_problems()

    def _role_problems(self) -> list[str]:
        if not self.database_url:
            return []
        user = urlsplit(self.database_url.get_secret_value()).username
        if user == "postgres":
            return ["DATABASE_URL connects as the superuser `postgres`, which row-level security does not bind"]
        owner = self.database_owner_url
        if owner and urlsplit(owner.get_secret_value()).username == user:
            return ["DATABASE_URL and DATABASE_OWNER_URL use the same role; the app role must own nothing"]
        reader = self.database_reader_url
        if reader and urlsplit(reader.get_secret_value()).username in {user, "postgres"}:
            return ["DATABASE_READER_URL has to use a role of its own that can only read, see docs/TOOLS.md"]
        return []

    @property
    def confinement_is_required(self) -> bool:
        """Production requires it unless it is told otherwise, development does not."""
        if self.confinement is None:
            return self.profile is Profile.PRODUCTION
        return self.confinement == "required"

    @property
    def temporal(self) -> TemporalConnection:
        """Where Temporal is. Raises ConfigurationError when TEMPORAL_ADDRESS is absent."""
        if self.temporal_address is None:
            raise ConfigurationError(f"TEMPORAL_ADDRESS is not set: {_EMBEDDED_HINT}.")
        return TemporalConnection(
            address=self.temporal_address,
            namespace=self.temporal_namespace,
            api_key=self.temporal_api_key,
            tls=self.temporal_tls,
        )

    @property
    def signing_keys(self) -> SigningKeys | None:
        """What starts of workflows are signed and checked with; None: neither."""
        if self.request_signing_key is None:
            return None
        previous = self.request_signing_key_previous
        return SigningKeys(
            self.request_signing_key.get_secret_value(), previous.get_secret_value() if previous else None
        )

    @property
    def database(self) -> DatabaseConnection:
        """How to reach Postgres. Raises ConfigurationError when DATABASE_URL is absent."""
        if self.database_url is None:
            raise ConfigurationError(f"DATABASE_URL is not set: {_EMBEDDED_HINT}.")
        return DatabaseConnection(
            url=self.database_url, owner_url=self.database_owner_url, pool_size=self.database_pool_size
        )

    @property
    def object_store(self) -> ObjectStoreConnection:
        """How to reach the object store. Raises ConfigurationError when S3_ENDPOINT is absent."""
        if self.s3_endpoint is None or self.s3_access_key is None or self.s3_secret_key is None:
            raise ConfigurationError(f"S3_ENDPOINT is not set: {_EMBEDDED_HINT}.")
        return ObjectStoreConnection(
            endpoint=self.s3_endpoint,
            access_key=self.s3_access_key,
            secret_key=self.s3_secret_key,
            bucket=self.s3_bucket,
            secure=self.s3_secure,
            region=self.s3_region,
        )


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Read and check the settings. Raises ConfigurationError with one line for each problem."""
    try:
        return Settings(_env_file=env_file)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{env_file} is not readable as text ({error}); fix or remove it.") from None
    except ValidationError as error:
        lines = [_explain(tuple(found["loc"]), found["msg"]) for found in error.errors(include_input=False)]
        source = f"the environment or {env_file.resolve()}" if env_file and env_file.exists() else "the environment"
        raise ConfigurationError("\n".join([f"The settings in {source} are not usable:", *lines])) from None


def _explain(location: tuple[int | str, ...], message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"  {str(location[0]).upper()}: {text}" if location else f"  {text}"


def child_environment(overrides: Mapping[str, str]) -> dict[str, str]:
    """This process's environment for a child of ours, with ``overrides`` laid over it.

    The owner's database URL is left out: no long-running process may change the schema.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    return {**inherited, **overrides}


def server_environment(home: Path, overrides: Mapping[str, str]) -> dict[str, str]:
    """A minimal environment for a server, so that no variable of the user's shell reconfigures it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C", **overrides}
