"""``answerable ingests``."""

from typing import Annotated, Final

import typer
from rich.table import Table
from rich.text import Text

from answerable_sdk import Ingest
from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reporting_errors
from cli.terminal import ID_WIDTH, Console, name_over_id

ingests = typer.Typer(no_args_is_help=True, help="Show the state of ingests.")

STATE_STYLES: Final = {"succeeded": "green", "failed": "red", "running": "cyan", "queued": "cyan"}


@ingests.command("list")
def list_ingests(
    state: Annotated[str | None, typer.Option(help="Only ingests in this state.")] = None,
    dataset: Annotated[str | None, typer.Option(help="Only ingests of the dataset with this id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Most ingests to list.")] = 50,
    after: Annotated[str | None, typer.Option(help="Start after the ingest with this id.")] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """List ingests, newest first."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        page = client.ingests.list(state=state, dataset_id=dataset, limit=limit, after=after)
    if as_json:
        print_json(page)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("ingest", overflow="fold", min_width=ID_WIDTH)
    table.add_column("state", no_wrap=True)
    table.add_column("stage", overflow="fold")
    for ingest in page.items:
        document = name_over_id(ingest.name, ingest.ingest_id, f"v{ingest.version}")
        stage = "" if ingest.succeeded else f"{ingest.stage} {ingest.done}/{ingest.total}"
        table.add_row(document, state_text(ingest), stage)
    console = Console()
    console.print(table)
    if page.next:
        console.print(f"\nMore: answerable ingests list --after {page.next}", style="dim", soft_wrap=True)


@ingests.command("show")
def show_ingest(
    ingest_id: Annotated[str, typer.Argument(help="Id of the ingest.")],
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one ingest: its state, last error and artifacts."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        ingest = client.ingests.get(ingest_id)
    if as_json:
        print_json(ingest)
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in ingest.model_dump(mode="json", exclude={"artifacts", "error", "unchanged"}).items():
        table.add_row(Text(name, style="dim"), Text("" if value is None else str(value)))
    for name, uri in ingest.artifacts.items():
        table.add_row(Text(f"artifact {name}", style="dim"), Text(uri))
    if ingest.error:
        table.add_row(Text("error", style="dim"), Text(f"{ingest.error.code}: {ingest.error.message}", style="red"))
    Console().print(table)


def state_text(ingest: Ingest) -> Text:
    """The state in its colour; unchanged content is called so."""
    if ingest.unchanged and ingest.succeeded:
        return Text("unchanged", style="dim")
    return Text(ingest.state, style=STATE_STYLES.get(ingest.state, "yellow"))
