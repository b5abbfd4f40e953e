"""``answerable bots``: the tenant's bots and their settings."""

from typing import Annotated, Final, Literal

import typer
from rich.table import Table
from rich.text import Text

from answerable_sdk import Bot, BotChanges
from cli.connection import USAGE, JsonOption, KeyOption, Problem, UrlOption, find_target, print_json, reporting_errors
from cli.terminal import ID_WIDTH, Console, name_over_id

bots = typer.Typer(no_args_is_help=True, help="List bots and change their settings.")

_DEFAULT: Final = "default"


@bots.command("list")
def list_bots(url: UrlOption = None, api_key: KeyOption = None, as_json: JsonOption = False) -> None:
    """List the bots."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        found = client.bots.list()
    if as_json:
        print_json([bot.model_dump(mode="json") for bot in found])
        return
    _show(found)


@bots.command("set")
def set_bot(
    bot_id: Annotated[str, typer.Argument(help="Id of the bot.")],
    reranker: Annotated[
        Literal["none", "local", "cohere", "default"] | None,
        typer.Option(help="Reranker of search results. default: use the server's setting."),
    ] = None,
    minimum_confidence: Annotated[
        str | None, typer.Option(help="Refuse to answer below this confidence: a number from 0 to 1, or default.")
    ] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change settings of a bot. Settings that are not given stay as they are."""
    with reporting_errors():
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
        raise Problem("Nothing to change. Use --reranker or --minimum-confidence.", USAGE)
    return changes


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Problem(f"'{text}' is neither a number from 0 to 1 nor 'default'.", USAGE) from None


def _show(found: tuple[Bot, ...]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("bot", overflow="fold", min_width=ID_WIDTH)
    for title in ("version", "reranker", "min. confidence"):
        table.add_column(title, no_wrap=True)
    for bot in found:
        name = name_over_id(bot.name, bot.bot_id, "default" if bot.is_default else "")
        reranker = Text(bot.reranker) if bot.reranker else Text("server's", style="dim")
        table.add_row(name, str(bot.version), reranker, f"{bot.minimum_confidence:g}")
    Console().print(table)
