"""Logs: one JSON object a line on standard error, with secrets and personal data taken out."""

import logging
import re
import sys
from typing import Any, Final

import structlog
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from bootstrap.settings import Settings
from domain.guardrails.redaction import LOGGED_CHARACTERS, redacted_start

# JSON escapes the first 32 by itself. Escaped by all: what terminals obey besides them, and what turns a text.
_STEERS: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_STEERS_A_CONSOLE: Final = re.compile(f"[\x00-\x1f]|{_STEERS.pattern}")
# What these hold are lines of ours.
_OF_SEVERAL_LINES: Final = ("exception", "stack")
_SECRET_NAMES: Final = ("authorization", "password", "secret", "token", "api_key", "x-api-key")


def configure_logging(settings: Settings, process: str) -> None:
    """Send structlog and the standard library's loggers through one redacting chain."""
    before = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _name_process(process),
        _redact_event,
        _escaping(_STEERS if settings.log_format == "json" else _STEERS_A_CONSOLE),
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("httpx", "httpcore", "urllib3", "sentence_transformers", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def forward_core_logs() -> None:
    """Send what the Temporal core says through the same chain. Once a process, before its first client."""
    logging_config = LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
        forwarding=LogForwardingConfig(logging.getLogger("temporal_core"), append_target_to_name=False),
    )
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=logging_config)))


def _name_process(process: str) -> Any:
    def add(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["process"] = process
        return event

    return add


def _redact_event(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for name, value in event.items():
        event[name] = _redact_value(name, value)
    return event


def _escaping(pattern: re.Pattern[str]) -> Any:
    def escaped(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: escaped(name, inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [escaped(name, inner) for inner in value]
        if not isinstance(value, str):
            return value
        if name in _OF_SEVERAL_LINES:
            return "\n".join(pattern.sub(_escape, line) for line in value.split("\n"))
        return pattern.sub(_escape, value)

    def escape(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        for name, value in event.items():
            event[name] = value if name.startswith("_") else escaped(name, value)
        return event

    return escape


def _escape(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")


def _redact_value(name: object, value: Any) -> Any:
    """``value`` without secrets and personal data, to the bottom of dictionaries and lists."""
    if str(name).lower() in _SECRET_NAMES:
        return "[secret]"
    if isinstance(value, str):
        return redacted_start(value, LOGGED_CHARACTERS)
    if isinstance(value, dict):
        return {key: _redact_value(key, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_redact_value("", inner) for inner in value]
    return value
