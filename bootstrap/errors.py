"""Errors of starting up: they reach an operator on a terminal, never an HTTP client."""

import shlex
from pathlib import Path

from domain.errors import AnswerableError


class ConfigurationError(AnswerableError):
    """The settings do not allow a start; the message names each variable and what to do."""

    code = "configuration_invalid"


class StartupError(AnswerableError):
    """A part of the system did not start: ``part`` says which, ``cause`` why, ``log`` where to read on."""

    code = "startup_failed"

    def __init__(self, part: str, cause: str, log: Path | None = None) -> None:
        tail = f"\nIts log: {log}" if log else ""
        super().__init__(f"{part} did not start: {cause}{tail}", part=part, log=str(log) if log else None)
        self.part = part
        self.cause = cause
        self.log = log


class SystemRunningError(AnswerableError):
    """Another ``answerable up`` holds the data directory; ``url`` is None while that one is starting."""

    code = "system_already_running"

    def __init__(self, data_dir: Path, url: str | None) -> None:
        where = f"at {url}" if url else "and still starting"
        hint = f"`answerable up --status --data-dir {shlex.quote(str(data_dir))}` shows it"
        super().__init__(f"Answerable already runs in {data_dir}, {where}; {hint}.", url=url)
        self.url = url


class StopRequested(AnswerableError):  # noqa: N818 - not a fault: Ctrl-C or SIGTERM while something was awaited
    """Somebody asked the system to stop before it was up."""

    code = "stop_requested"
