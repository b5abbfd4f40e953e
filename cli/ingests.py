"""``answerable ingests``."""

from typing import Annotated, Final

import typer
from rich.table import Table
from rich.text import Text

from answerable_sdk import Ingest
from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reported
from cli.terminal import Console

ingests = typer.Typer(no_args_is_help=True, help="How the documents' ingests stand.")

STATE_STYLES: Final = {"succeeded": "green", "failed": "red", "running": "cyan", "queued": "cyan"}


@ingests.command("list")
def list_ingests(
    state: Annotated[str | None, typer.Option(help="Only those in this state.")] = None,
    dataset: Annotated[str | None, typer.Option(help="Only those of this dataset (its id).")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    after: Annotated[str | None, typer.Option(help="Continue behind this ingest.")] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """List ingests, newest first."""
    with reported(), find_target(url, api_key).client() as client:
        page = client.ingests.list(state=state, dataset_id=dataset, limit=limit, after=after)
    if as_json:
        print_json(page)
        return
    table = Table(box=None, pad_edge=False)
    # The id is what other commands take, so it is never cut.
    table.add_column("ingest", no_wrap=True, min_width=36)
    table.add_column("state", no_wrap=True)
    for title in ("document", "stage"):
        table.add_column(title, overflow="fold")
    for ingest in page.items:
        document = Text.assemble(ingest.name, (f"  v{ingest.version}", "dim"))
        stage = "" if ingest.succeeded else f"{ingest.stage} {ingest.done}/{ingest.total}"
        table.add_row(str(ingest.ingest_id), state_text(ingest), document, stage)
    console = Console()
    console.print(table)
    if page.next:
        console.print(f"\nMore: answerable ingests list --after {page.next}", style="dim", soft_wrap=True)


@ingests.command("show")
def show_ingest(ingest_id: str, url: UrlOption = None, api_key: KeyOption = None, as_json: JsonOption = False) -> None:
    """Show one ingest: where it stands, its last error and its artifacts."""
    with reported(), find_target(url, api_key).client() as client:
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
