"""``answerable packs``: the packs of a server, and new ones."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reporting_errors
from cli.new_pack import new_pack
from cli.terminal import Console

packs = typer.Typer(invoke_without_command=True, help="List the server's packs, or create one.")


@packs.callback()
def list_packs(
    context: typer.Context, url: UrlOption = None, api_key: KeyOption = None, as_json: JsonOption = False
) -> None:
    """List the server's packs."""
    if context.invoked_subcommand is not None:
        return
    show_packs(url, api_key, as_json=as_json)


@packs.command("list")
def list_packs_by_name(url: UrlOption = None, api_key: KeyOption = None, as_json: JsonOption = False) -> None:
    """List the server's packs."""
    show_packs(url, api_key, as_json=as_json)


@packs.command("new")
def new(
    pack_id: Annotated[str, typer.Argument(help="Lower-case letters, digits and underscores.")],
    display_name: Annotated[str | None, typer.Option(help="Name to show. Default: derived from the id.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Create a pack in this checkout: manifest, tool, how-to document, test, and an entry in the README."""
    with reporting_errors():
        made = new_pack(pack_id, display_name or pack_id.replace("_", " ").capitalize())
    if as_json:
        print_json({"pack_id": made.pack_id, "files": list(made.files), "sample_question": made.sample_question})
        return
    console = Console()
    for path in made.files:
        console.print(f"created {path}", highlight=False)
    console.print(
        f'\nNext: make test ARGS="-k test_{made.pack_id}", then make up, and: answerable ask "{made.sample_question}"',
        highlight=False,
        soft_wrap=True,
        markup=False,
    )


def show_packs(url: str | None, api_key: str | None, *, as_json: bool) -> None:
    with reporting_errors(), find_target(url, api_key).client() as client:
        found = client.packs.list()
    if as_json:
        print_json([pack.model_dump(mode="json") for pack in found])
        return
    table = Table("pack", "name", "description", box=None, pad_edge=False)
    table.columns[0].no_wrap = True
    for pack in found:
        table.add_row(Text(pack.pack_id), Text(pack.display_name), Text(pack.description))
    Console().print(table)
