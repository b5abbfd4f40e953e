"""``answerable cite``."""

from typing import Annotated

import typer
from rich.text import Text

from answerable_sdk import Passage
from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reporting_errors
from cli.terminal import Console


def cite(
    passage_id: Annotated[str, typer.Argument(help="Id of the passage, as `answerable ask --json` prints it.")],
    turn: Annotated[str | None, typer.Option(help="Trace id of an answer: marks what it quotes.")] = None,
    bot: Annotated[str | None, typer.Option(help="Id of the bot by whose rules. Default: the turn's.")] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a passage that an answer cites."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        passage = client.passages.get(passage_id, turn=turn, bot_id=bot)
    if as_json:
        print_json(passage)
    else:
        _show(Console(), passage)


def _show(console: Console, passage: Passage) -> None:
    heading = passage.section_heading
    if not heading or heading.startswith(passage.title):
        console.print(Text(heading or passage.title, style="bold"))
    else:
        console.print(Text(f"{passage.title} / {heading}", style="bold"))
    page = f", page {passage.page}" if passage.page else ""
    console.print(Text(f"{passage.source}{page}   version {passage.version} of {passage.submitted_at:%Y-%m-%d}"))
    if passage.state != "current":
        console.print(Text(_STATES.get(passage.state, passage.state), style="yellow"))
    console.print()
    if passage.text is not None:
        text = Text(passage.text)
        for quote in passage.quotes:
            text.stylize("bold reverse", quote.start, quote.end)
        console.print(text)
    for quote in passage.quotes:
        console.print(Text(f"\nquoted at {quote.start} to {quote.end}: {quote.text}", style="dim"))
    for warning in passage.warnings:
        console.print(f"{warning.code}: {warning.message}", style="yellow", markup=False, highlight=False)


_STATES = {
    "replaced": "There is a newer version of this document.",
    "deleted": "This document was deleted: it answers no questions any more.",
}
