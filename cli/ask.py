"""``answerable ask``."""

from typing import Annotated, Final

import typer
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from answerable_sdk import AskOptions, ChatResponse, Citation
from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reporting_errors
from cli.terminal import ID_WIDTH, Console

_SAYS_IT: Final = "Understood as: "


def ask(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command
    question: Annotated[str, typer.Argument(help="What to ask.")],
    session: Annotated[str | None, typer.Option(help="Id of a conversation to continue.")] = None,
    bot: Annotated[str | None, typer.Option(help="Id of the bot to ask. Default: the tenant's default bot.")] = None,
    pack: Annotated[str | None, typer.Option(help="Use this pack only.")] = None,
    key: Annotated[
        str | None, typer.Option(help="Idempotency key. Asking again with the same key returns the same answer.")
    ] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a question and print the answer with its citations."""
    choices = AskOptions()
    if session:
        choices["session_id"] = session
    if bot:
        choices["bot_id"] = bot
    if pack:
        choices["pack_hint"] = pack
    with reporting_errors(), find_target(url, api_key).client() as client:
        answer = client.ask(question, idempotency_key=key, **choices)
    if as_json:
        print_json(answer)
    else:
        _show(Console(), answer)


def _show(console: Console, answer: ChatResponse) -> None:
    if answer.meta.understood_as is not None and not answer.answer.startswith(_SAYS_IT):
        said = f"understood as: {answer.meta.understood_as}"
        console.print(said, style="dim", markup=False, highlight=False, soft_wrap=True)
    console.print(Markdown(answer.answer))
    if answer.citations:
        console.print()
        console.print(_citations(answer))
    for warning in answer.warnings:
        console.print(f"{warning.code}: {warning.message}", style="yellow", markup=False, highlight=False)
    console.print(
        f"\ntrace {answer.meta.trace_id}   session {answer.session_id}   {answer.meta.latency_ms:.0f} ms",
        style="dim",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _citations(answer: ChatResponse) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    # `answerable cite` takes the id.
    table.add_column(overflow="fold", min_width=ID_WIDTH)
    for citation in answer.citations:
        where = Text(_heading(citation))
        where.append(f"\n{citation.passage_id}", style="dim")
        table.add_row(Text(f"[{citation.number}]"), where, Text(_place(citation)), f"{citation.score:.2f}")
    return table


def _heading(citation: Citation) -> str:
    """The section, which often begins with the title."""
    heading = citation.section_heading
    if not heading or heading.startswith(citation.title):
        return heading or citation.title
    return f"{citation.title} / {heading}"


def _place(citation: Citation) -> str:
    return citation.source if citation.page is None else f"{citation.source}, page {citation.page}"
