"""``answerable bots``: the tenant's bots, and what can be set of them."""

from typing import Annotated, Final, Literal

import typer
from rich.table import Table
from rich.text import Text

from answerable_sdk import Bot, BotChanges
from cli.connection import USAGE, JsonOption, KeyOption, Problem, UrlOption, find_target, print_json, reported
from cli.terminal import Console

bots = typer.Typer(no_args_is_help=True, help="The tenant's bots, and what can be set of them.")

_DEFAULT: Final = "default"


@bots.command("list")
def list_bots(url: UrlOption = None, api_key: KeyOption = None, as_json: JsonOption = False) -> None:
    """List the bots."""
    with reported(), find_target(url, api_key).client() as client:
        found = client.bots.list()
    if as_json:
        print_json([bot.model_dump(mode="json") for bot in found])
        return
    _show(found)


@bots.command("set")
def set_bot(
    bot_id: str,
    reranker: Annotated[
        Literal["none", "local", "cohere", "default"] | None,
        typer.Option(help="Who looks closer at what was found; default: the installation's choice."),
    ] = None,
    minimum_confidence: Annotated[
        str | None, typer.Option(help="Below it the bot refuses: a number from 0 to 1, or default.")
    ] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set something of a bot; what is not named stays as it is."""
    with reported():
        changes = _changes(reranker, minimum_confidence)
        with find_target(url, api_key).client() as client:
            bot = client.bots.update(bot_id, **changes)
    if as_json:
        print_json(bot)
        return
    _show((bot,))


def _changes(reranker: Literal["none", "local", "cohere", "default"] | None, confidence: str | None) -> BotChanges:
    changes = BotChanges()
    if reranker is not None:
        changes["reranker"] = None if reranker == _DEFAULT else reranker
    if confidence is not None:
        changes["minimum_confidence"] = None if confidence == _DEFAULT else _number(confidence)
    if not changes:
        raise Problem("Nothing to set: give --reranker or --minimum-confidence.", USAGE)
    return changes


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Problem(f"'{text}' is neither a number from 0 to 1 nor 'default'.", USAGE) from None


def _show(found: tuple[Bot, ...]) -> None:
    table = Table(box=None, pad_edge=False)
    # The id is what other commands take, so it is never cut.
    table.add_column("bot", no_wrap=True, min_width=36)
    table.add_column("name", overflow="fold")
    for title in ("version", "reranker", "minimum confidence"):
        table.add_column(title, no_wrap=True)
    for bot in found:
        name = Text.assemble(bot.name, ("  default" if bot.is_default else "", "dim"))
        reranker = Text(bot.reranker) if bot.reranker else Text("installation's", style="dim")
        table.add_row(str(bot.bot_id), name, str(bot.version), reranker, f"{bot.minimum_confidence:g}")
    Console().print(table)
