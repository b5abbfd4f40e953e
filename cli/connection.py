"""Which server to talk to, and how failures end a command.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the server cannot be reached.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn
from urllib.parse import urlsplit

import typer
from pydantic import BaseModel

from answerable_sdk import (
    Answerable,
    AnswerableError,
    DatasetNotFoundError,
    InvalidRequestError,
    NotAuthenticatedError,
    ServiceUnavailableError,
    UnreachableError,
)
from bootstrap.embedded.state import RunningState, read_running_state
from bootstrap.settings import Settings, load_settings
from cli.terminal import Console, escape_json
from domain.errors import AnswerableError as StartError

FAILED: Final = 1
USAGE: Final = 2
UNREACHABLE: Final = 3

_CONNECTION: Final = "Connection"
UrlOption = Annotated[
    str | None,
    typer.Option(
        "--url", help="Server address. Default: ANSWERABLE_URL, or the server that `answerable up` runs here."
    ),
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--api-key",
        help="API key. Default: ANSWERABLE_API_KEY, or the development key. Other users of this machine can see it.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON only.")]


@dataclass(frozen=True)
class Target:
    """The server and the key of this command."""

    url: str
    api_key: str

    def client(self) -> Answerable:
        return Answerable(self.url, self.api_key)


class Problem(Exception):  # noqa: N818 - ends a command; it is not raised for others to handle
    """One sentence for the user, and the exit code."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def find_target(url: str | None, api_key: str | None) -> Target:
    """From the options, else the environment, else ``.env`` and the system that runs here. Raises Problem."""
    try:
        settings = _load_settings(url, api_key)
    except StartError as error:
        raise Problem(error.message, USAGE) from None
    url = url or settings.url
    api_key = api_key or (settings.api_key.get_secret_value() if settings.api_key else None)
    running = None if url and api_key else read_running_state(settings.data_dir)
    url = url or (running.api_url if running else None)
    if url is None:
        raise Problem(_not_running(settings.data_dir), UNREACHABLE)
    return Target(_check_url(url), api_key or _development_key(running, url))


def _load_settings(url: str | None, api_key: str | None) -> Settings:
    """Without ``.env`` if options and environment suffice: the folder may have another project's, or a broken one."""
    with suppress(StartError):
        settings = load_settings(env_file=None)
        if (url or settings.url) and (api_key or settings.api_key):
            return settings
    return load_settings()


def _not_running(data_dir: Path) -> str:
    return (
        f"No server is running in {data_dir.resolve()}. Start one with `answerable up`, "
        "or give the address of another with --url or ANSWERABLE_URL."
    )


def _check_url(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise Problem(f"{url} is not a server address. Use one like http://127.0.0.1:8080.", USAGE)
    return url


def _development_key(running: RunningState | None, url: str) -> str:
    """The development key is sent to its own server only, never to an address that somebody gave."""
    if running is None or running.api_key is None or running.api_url != url:
        raise Problem("No API key. Set ANSWERABLE_API_KEY or use --api-key.", USAGE)
    return running.api_key.get_secret_value()


@contextmanager
def reporting_errors() -> Iterator[None]:
    """Turn every expected failure into one red sentence that says how to fix it, and an exit code."""
    try:
        yield
    except Problem as problem:
        _end(problem.message, problem.code)
    except AnswerableError as error:
        _end(*_message_and_code(error))
    except (OSError, ValueError) as error:
        _end(f"{error}.", FAILED)


def _message_and_code(error: AnswerableError) -> tuple[str, int]:
    """The message for the user, and the exit code."""
    match error:
        case UnreachableError():
            return f"{error.message} `answerable up` starts a server on this machine.", UNREACHABLE
        case ServiceUnavailableError():
            return error.message, UNREACHABLE
        case NotAuthenticatedError():
            return "The server does not accept this API key. Check ANSWERABLE_API_KEY or --api-key.", FAILED
        case InvalidRequestError():
            return f"{error.message} {_reasons(error)}".strip(), USAGE
        case DatasetNotFoundError():
            return f"{error.message} `answerable datasets` lists the datasets.", FAILED
        case _:
            return error.message, FAILED


def _reasons(error: InvalidRequestError) -> str:
    found = error.details.get("errors")
    return "; ".join(f"{one['field']}: {one['reason']}" for one in found) if isinstance(found, list) else ""


def _end(message: str, code: int) -> NoReturn:
    complain(message)
    raise typer.Exit(code)


def complain(message: str) -> None:
    """Print one red sentence on standard error."""
    Console(stderr=True).print(message, style="red", markup=False, highlight=False, soft_wrap=True)


def print_json(value: BaseModel | list[Any] | dict[str, Any]) -> None:
    """Print JSON on standard output, whatever the terminal is."""
    data = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    sys.stdout.write(escape_json(json.dumps(data, ensure_ascii=False, indent=2)) + "\n")
