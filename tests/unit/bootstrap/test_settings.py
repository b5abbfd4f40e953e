"""Where settings come from, and what is said about bad ones."""

from pathlib import Path

import pytest

from bootstrap.errors import ConfigurationError
from bootstrap.settings import Profile, Settings, child_environment, load_settings

_NAMES = (
    *("ANSWERABLE_PROFILE", "ANSWERABLE_DATA_DIR", "ANSWERABLE_URL", "ANSWERABLE_API_KEY", "TEMPORAL_ADDRESS"),
    *(
        "TEMPORAL_NAMESPACE",
        "TEMPORAL_API_KEY",
        "TEMPORAL_TLS",
        "TEMPORAL_UI_URL",
        "REQUEST_SIGNING_KEY",
        "REQUEST_SIGNING_KEY_PREVIOUS",
        "DATABASE_URL",
        "DATABASE_READER_URL",
        "TOOL_ALLOWED_URLS",
        "TOOL_SECRETS",
        "SMALLEST_COUNT",
        "REFUSALS_PER_SECOND",
    ),
    *("DATABASE_OWNER_URL", "DATABASE_POOL_SIZE", "S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY", "S3_BUCKET"),
    *(
        "S3_SECURE",
        "S3_REGION",
        "API_HOST",
        "API_PORT",
        "LOG_LEVEL",
        "LOG_FORMAT",
        "CONFINEMENT",
        "ALLOW_DEBUGGER",
        "API_MAX_CONNECTIONS",
        "API_MAX_CONNECTIONS_PER_PEER",
        "EMBEDDER",
        "EMBEDDING_MODEL",
    ),
    *("EMBEDDINGS_BASE_URL", "EMBEDDINGS_API_KEY", "EMBEDDINGS_MODEL", "EMBEDDINGS_DIMENSION", "EMBEDDINGS_SHORTEN"),
    *("EMBEDDINGS_BATCH_SIZE", "EMBEDDINGS_TIMEOUT_SECONDS"),
    *("RERANKER", "RERANKER_CACHE_MB", "COHERE_API_KEY", "COHERE_BASE_URL", "COHERE_MODEL", "COHERE_TIMEOUT_SECONDS"),
    *("MAX_REQUEST_BYTES", "MAX_UPLOAD_BYTES", "TURN_WAIT_SECONDS", "TURNS_AT_ONCE"),
)

PRODUCTION = {
    "ANSWERABLE_PROFILE": "production",
    "TEMPORAL_ADDRESS": "temporal:7233",
    "DATABASE_URL": "postgresql://app:app-pw@db:5432/answerable",
    "S3_ENDPOINT": "minio:9000",
    "S3_ACCESS_KEY": "key",
    "S3_SECRET_KEY": "secret",
    "REQUEST_SIGNING_KEY": "signs-starts-of-workflows-and-nothing-else",
}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def given(env_file: Path, **values: str) -> Path:
    env_file.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    return env_file


def test_without_anything_the_defaults_suit_one_machine(env_file: Path) -> None:
    settings = load_settings(env_file)

    assert settings.profile is Profile.DEVELOPMENT
    assert (settings.api_host, settings.api_port) == ("127.0.0.1", 8080)
    assert settings.data_dir == Path(".answerable")
    assert settings.max_upload_bytes == 200 * 1024 * 1024


def test_the_environment_beats_the_env_file(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_PORT", "9001")

    settings = load_settings(given(env_file, API_PORT="9002", LOG_LEVEL="DEBUG"))

    assert settings.api_port == 9001
    assert settings.log_level == "DEBUG"


def test_an_empty_value_counts_as_absent(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")

    assert load_settings(env_file).database_url is None


def test_the_env_file_may_hold_variables_of_other_programs(env_file: Path) -> None:
    assert load_settings(given(env_file, COMPOSE_PROJECT_NAME="x")).api_port == 8080


def test_every_setting_stands_in_the_example_file() -> None:
    example = (Path(__file__).parents[3] / ".env.example").read_text()
    documented = {line.removeprefix("#").strip().partition("=")[0] for line in example.splitlines() if "=" in line}

    fields = {str(field.validation_alias or name).upper() for name, field in Settings.model_fields.items()}

    assert fields == set(_NAMES)
    assert fields <= documented


def test_a_bad_value_is_named_with_the_file_and_the_remedy(env_file: Path) -> None:
    with pytest.raises(ConfigurationError) as failure:
        load_settings(given(env_file, TEMPORAL_ADDRESS="http://temporal:7233", API_PORT="0"))

    assert "TEMPORAL_ADDRESS: must be host:port without a scheme" in failure.value.message
    assert "API_PORT:" in failure.value.message
    assert str(env_file) in failure.value.message


def test_a_bad_secret_is_not_repeated_in_the_message(env_file: Path) -> None:
    with pytest.raises(ConfigurationError) as failure:
        load_settings(given(env_file, DATABASE_URL="mysql://app:hunter2@db/answerable"))

    assert "DATABASE_URL: must be postgresql://" in failure.value.message
    assert "hunter2" not in str(failure.value)
    assert failure.value.__cause__ is None


def test_secrets_do_not_print(env_file: Path) -> None:
    settings = load_settings(given(env_file, **PRODUCTION))

    assert "app-pw" not in repr(settings)
    assert "app-pw" not in repr(settings.database)
    assert "secret" not in repr(settings.object_store.secret_key)
    assert "signs-starts" not in repr(settings)


def test_production_needs_a_key_that_starts_are_signed_with(env_file: Path) -> None:
    without = {name: value for name, value in PRODUCTION.items() if name != "REQUEST_SIGNING_KEY"}
    with pytest.raises(ConfigurationError, match="REQUEST_SIGNING_KEY is not set"):
        load_settings(given(env_file, **without))
    with pytest.raises(ConfigurationError, match="at least 32") as failure:
        load_settings(given(env_file, **without, REQUEST_SIGNING_KEY="too-short-to-sign"))
    assert "too-short-to-sign" not in failure.value.message
    with pytest.raises(ConfigurationError, match="REQUEST_SIGNING_KEY must be set too"):
        load_settings(given(env_file, REQUEST_SIGNING_KEY_PREVIOUS=PRODUCTION["REQUEST_SIGNING_KEY"]))


def test_a_reranker_that_needs_a_key_needs_it_at_start(env_file: Path) -> None:
    with pytest.raises(ConfigurationError) as failure:
        load_settings(given(env_file, RERANKER="cohere"))
    assert "COHERE_API_KEY must be set" in failure.value.message
    settings = load_settings(given(env_file, RERANKER="cohere", COHERE_API_KEY="co-hidden"))
    assert settings.reranker == "cohere"
    assert "co-hidden" not in repr(settings)


def test_production_sends_passages_over_https_only(env_file: Path) -> None:
    cohere = {"COHERE_API_KEY": "k", "COHERE_BASE_URL": "http://proxy.internal:8000"}
    assert load_settings(given(env_file, **cohere)).cohere_base_url == "http://proxy.internal:8000"
    with pytest.raises(ConfigurationError) as failure:
        load_settings(given(env_file, **PRODUCTION, **cohere))
    assert "COHERE_BASE_URL is not https" in failure.value.message


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_usual_spellings_of_a_database_url_become_one(env_file: Path, scheme: str) -> None:
    settings = load_settings(given(env_file, DATABASE_URL=f"{scheme}://app:pw@db:5432/answerable"))

    assert settings.database.url.get_secret_value() == "postgresql://app:pw@db:5432/answerable"


@pytest.mark.parametrize(
    ("values", "companion"),
    [
        ({"S3_ENDPOINT": "minio:9000"}, "S3_ACCESS_KEY and S3_SECRET_KEY"),
        ({"DATABASE_OWNER_URL": "postgresql://owner:pw@db/answerable"}, "DATABASE_URL"),
        ({"TEMPORAL_API_KEY": "key"}, "TEMPORAL_ADDRESS"),
        ({"EMBEDDER": "openai", "EMBEDDINGS_API_KEY": "key"}, "EMBEDDINGS_DIMENSION"),
        ({"EMBEDDER": "openai", "EMBEDDINGS_DIMENSION": "1536"}, "EMBEDDINGS_API_KEY or another EMBEDDINGS_BASE_URL"),
    ],
)
def test_a_setting_without_its_companion_is_refused(env_file: Path, values: dict[str, str], companion: str) -> None:
    with pytest.raises(ConfigurationError, match=companion):
        load_settings(given(env_file, **values))


@pytest.mark.parametrize("part", ["temporal", "database", "object_store"])
def test_a_process_without_its_servers_is_told_about_answerable_up(env_file: Path, part: str) -> None:
    with pytest.raises(ConfigurationError, match="answerable up"):
        getattr(load_settings(env_file), part)


def test_a_complete_production_profile_is_accepted(env_file: Path) -> None:
    assert load_settings(given(env_file, **PRODUCTION)).profile is Profile.PRODUCTION


@pytest.mark.parametrize("missing", ["TEMPORAL_ADDRESS", "DATABASE_URL", "S3_ENDPOINT"])
def test_production_refuses_an_embedded_server(env_file: Path, missing: str) -> None:
    values = {name: value for name, value in PRODUCTION.items() if name != missing}

    with pytest.raises(ConfigurationError, match=f"production profile refuses: {missing} is not set"):
        load_settings(given(env_file, **values))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"EMBEDDER": "hash"}, "EMBEDDER=hash"),
        (
            {"EMBEDDER": "openai", "EMBEDDINGS_DIMENSION": "768", "EMBEDDINGS_BASE_URL": "http://models:8000/v1"},
            "EMBEDDINGS_BASE_URL is not https",
        ),
        ({"DATABASE_URL": "postgresql://postgres:pw@db/answerable"}, "superuser"),
        ({"DATABASE_OWNER_URL": "postgresql://app:pw@db/answerable"}, "the same role"),
    ],
)
def test_production_refuses_an_unsafe_choice(env_file: Path, values: dict[str, str], reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        load_settings(given(env_file, **{**PRODUCTION, **values}))


def test_production_takes_an_embedding_service_on_the_same_machine_without_https(env_file: Path) -> None:
    service = {"EMBEDDER": "openai", "EMBEDDINGS_DIMENSION": "768", "EMBEDDINGS_BASE_URL": "http://127.0.0.1:8000/v1"}

    assert load_settings(given(env_file, **PRODUCTION, **service)).embeddings_dimension == 768


@pytest.mark.parametrize(
    ("name", "value"),
    [("EMBEDDINGS_DIMENSION", "3073"), ("EMBEDDINGS_BASE_URL", "https://user:pw-in-url@host/v1")],
)
def test_an_unusable_embedding_service_is_refused_without_repeating_its_secrets(
    env_file: Path, name: str, value: str
) -> None:
    with pytest.raises(ConfigurationError, match=name) as raised:
        load_settings(given(env_file, EMBEDDER="openai", EMBEDDINGS_API_KEY="sk-key", **{name: value}))
    assert "pw-in-url" not in str(raised.value)
    assert "sk-key" not in str(raised.value)


def test_a_child_never_inherits_the_owners_database_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:pw@db/answerable")
    monkeypatch.setenv("API_PORT", "1")

    environment = child_environment({"API_PORT": "2"})

    assert "DATABASE_OWNER_URL" not in environment
    assert environment["API_PORT"] == "2"
