"""``answerable policy``: what the tenant, or one of its bots, has decided."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from answerable_sdk import PolicyVersion
from cli.connection import (
    USAGE,
    JsonOption,
    KeyOption,
    Problem,
    UrlOption,
    complain,
    find_target,
    print_json,
    reporting_errors,
)
from cli.terminal import Console

policy = typer.Typer(
    no_args_is_help=True, help="Show and set policies: what may be asked, by whom, and what is redacted."
)

BotOption = Annotated[str | None, typer.Option("--bot", help="Id of a bot. Default: the tenant's policy.")]


@policy.command("show")
def show(
    bot: BotOption = None,
    version: Annotated[int | None, typer.Option(min=0, help="Version to show. Default: the newest.")] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a policy, in the format that `answerable policy set` reads."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        found = client.policies.get(bot, version=version)
    if as_json:
        print_json(found)
        return
    print_json(found.policy)
    _tell(found, "Version")


@policy.command("set")
def set_policy(
    file: Annotated[str, typer.Argument(help="JSON file with the whole policy, or - for standard input.")],
    bot: BotOption = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace the whole policy. It applies to new questions.

    Requires an API key with the scope admin. docs/POLICY.md describes the file; `answerable policy show` prints one.
    """
    with reporting_errors():
        document = _read(file)
        with find_target(url, api_key).client() as client:
            stored = client.policies.set(document, bot)
    if as_json:
        print_json(stored)
        return
    _tell(stored, "Now version")


def _read(file: str) -> dict[str, Any]:
    """Raises Problem."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        document = json.loads(text)
    except UnicodeDecodeError:
        raise Problem(f"{file} is not UTF-8 text.", USAGE) from None
    except OSError as error:
        raise Problem(f"{file} cannot be read: {error.strerror}.", USAGE) from None
    except json.JSONDecodeError as error:
        raise Problem(
            f"{file} is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}.", USAGE
        ) from None
    if not isinstance(document, dict):
        raise Problem(f"{file} does not contain a JSON object.", USAGE)
    return document


def _tell(found: PolicyVersion, what: str) -> None:
    """On standard error: standard output is the policy alone."""
    of = f"of bot {found.bot_id}" if found.bot_id else "of the tenant"
    if found.version == 0:
        said = f"No policy {of} has been set."
    else:
        said = f"{what} {found.version} {of}, set {found.set_at:%Y-%m-%d %H:%M} UTC by {found.set_by}."
    console = Console(stderr=True)
    console.print(Text(said, style="dim"), soft_wrap=True)
    for warning in found.warnings:
        complain(warning.message)
