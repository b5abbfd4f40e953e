"""What a log line keeps to itself."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from bootstrap.observability.logs import configure_logging
from bootstrap.settings import load_settings


@pytest.fixture(autouse=True)
def configured_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def logged(capsys: pytest.CaptureFixture[str], log: Callable[[], None]) -> str:
    """What ``log`` writes to standard error in an API process."""
    configure_logging(load_settings(env_file=None), "api")
    log()
    return capsys.readouterr().err


def test_a_line_is_one_json_object_that_names_its_process(capsys: pytest.CaptureFixture[str]) -> None:
    written = json.loads(logged(capsys, lambda: structlog.get_logger("x").info("request", status=200)))
    shown = {name: written[name] for name in ("event", "status", "process", "level")}
    assert shown == {"event": "request", "status": 200, "process": "api", "level": "info"}


@pytest.mark.parametrize(
    "told",
    [
        {"api_key": "anything"},
        {"headers": {"Authorization": "Bearer anything"}},
        {"tried": [{"token": "anything"}]},
        {"url": "postgresql://app:anything@db:5432/answerable"},
        {"seen": ["anything@example.org"]},
        {"nested": {"deeper": ("anything@example.org",)}},
    ],
)
def test_secrets_and_personal_data_are_taken_out_wherever_they_stand(
    capsys: pytest.CaptureFixture[str], told: dict[str, Any]
) -> None:
    assert "anything" not in logged(capsys, lambda: structlog.get_logger("x").info("request", **told))


def test_a_library_logs_through_the_same_redaction_tracebacks_included(capsys: pytest.CaptureFixture[str]) -> None:
    error = ValueError("somebody@example.org")
    written = logged(capsys, lambda: logging.getLogger("library").error("%s", "somebody@example.org", exc_info=error))
    assert "ValueError: [email]" in json.loads(written)["exception"]
    assert "somebody" not in written


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_nothing_in_a_line_steers_a_terminal_or_begins_another_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, log_format: str
) -> None:
    monkeypatch.setenv("LOG_FORMAT", log_format)
    hostile = "a\x1b[2J\x9b31m\u202eb\x7f\nforged line"
    written = logged(capsys, lambda: structlog.get_logger("x").info(hostile, name=hostile, seen=[{"x": hostile}]))
    assert written.count("\n") == 1
    assert not set(written) & set("\x1b\x9b\u202e\x7f")
