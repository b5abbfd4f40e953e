"""``answerable conversations``."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reporting_errors
from cli.terminal import ID_WIDTH, Console, name_over_id

_QUESTION = 72


def conversations(
    since: Annotated[datetime | None, typer.Option(help="Only those begun then or later (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(help="Only those begun before then (UTC).")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Most conversations to list.")] = 50,
    after: Annotated[str | None, typer.Option(help="Start after the conversation with this id.")] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """List conversations, newest first."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        page = client.conversations.list(since=_utc(since), until=_utc(until), limit=limit, after=after)
    if as_json:
        print_json(page)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("conversation", overflow="fold", min_width=ID_WIDTH)
    table.add_column("begun", no_wrap=True)
    table.add_column("turns", justify="right", no_wrap=True)
    table.add_column("channel", overflow="fold")
    for one in page.items:
        flat = " ".join(one.question.split())
        question = flat if len(flat) <= _QUESTION else f"{flat[: _QUESTION - 1].rstrip()}…"
        begun = Text(f"{one.created_at:%Y-%m-%d %H:%M}")
        table.add_row(name_over_id(question, one.session_id), begun, str(one.messages // 2), Text(one.channel))
    console = Console()
    console.print(table)
    if page.next:
        console.print(f"\nMore: answerable conversations --after {page.next}", style="dim", soft_wrap=True)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None else None
