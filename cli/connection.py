"""Which server to talk to, and how failures end a command.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the server cannot be reached.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
from bootstrap.settings import load_settings
from cli.terminal import Console, escaped_json
from domain.errors import AnswerableError as StartError

FAILED: Final = 1
USAGE: Final = 2
UNREACHABLE: Final = 3

_CONNECTION: Final = "Connection"
UrlOption = Annotated[
    str | None,
    typer.Option("--url", help="The server. Default: ANSWERABLE_URL, else the one that `answerable up` runs here."),
]
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--api-key",
        help="Default: ANSWERABLE_API_KEY, else the development key. Other users of the machine can see arguments.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs, and nothing else.")]


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
    """From the options, else the environment, else the system that runs on this machine. Raises Problem."""
    try:
        settings = load_settings()
    except StartError as error:
        raise Problem(error.message, USAGE) from None
    url = url or settings.url
    api_key = api_key or (settings.api_key.get_secret_value() if settings.api_key else None)
    running = None if url and api_key else read_running_state(settings.data_dir)
    url = url or (running.api_url if running else None)
    if url is None:
        raise Problem(_not_running(settings.data_dir), UNREACHABLE)
    return Target(_checked(url), api_key or _development_key(running, url))


def _not_running(data_dir: Path) -> str:
    return (
        f"No server: nothing runs in {data_dir.resolve()}. Start one with `answerable up`, "
        "or name one with --url or ANSWERABLE_URL."
    )


def _checked(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise Problem(f"{url} is not an address. Use one like http://127.0.0.1:8080.", USAGE)
    return url


def _development_key(running: RunningState | None, url: str) -> str:
    """The development key goes to its own server only, never to one that somebody names."""
    if running is None or running.api_key is None or running.api_url != url:
        raise Problem("No API key: give one with ANSWERABLE_API_KEY or --api-key.", USAGE)
    return running.api_key.get_secret_value()


@contextmanager
def reported() -> Iterator[None]:
    """Turn every expected failure into one red sentence that says how to mend it, and an exit code."""
    try:
        yield
    except Problem as problem:
        _end(problem.message, problem.code)
    except AnswerableError as error:
        _end(*_explained(error))
    except (OSError, ValueError) as error:
        _end(f"{error}.", FAILED)


def _explained(error: AnswerableError) -> tuple[str, int]:
    """What to tell the user, and the exit code."""
    match error:
        case UnreachableError():
            return f"{error.message} `answerable up` starts one on this machine.", UNREACHABLE
        case ServiceUnavailableError():
            return error.message, UNREACHABLE
        case NotAuthenticatedError():
            return "The server does not accept this API key. Check ANSWERABLE_API_KEY or --api-key.", FAILED
        case InvalidRequestError():
            return f"{error.message} {_reasons(error)}".strip(), USAGE
        case DatasetNotFoundError():
            return f"{error.message} `answerable datasets` lists them.", FAILED
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
    sys.stdout.write(escaped_json(json.dumps(data, ensure_ascii=False, indent=2)) + "\n")
