"""``answerable sweep``."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from answerable_sdk import Sweep
from cli.connection import FAILED, JsonOption, KeyOption, UrlOption, complain, find_target, print_json, reporting_errors
from cli.terminal import Console


def sweep(
    remove: Annotated[bool, typer.Option("--remove", help="Remove what is found. Default: only report it.")] = False,
    older_than: Annotated[
        int | None, typer.Option(min=0, help="Ignore what changed in the last so many seconds. Default: 3600.")
    ] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find what interrupted ingests left over: files, database rows and stuck ingests.

    Requires an API key with the scope admin. Exits with 1 if anything is left over and not removed.
    """
    with reporting_errors(), find_target(url, api_key).client() as client:
        found = client.sweeps.run(remove=remove, older_than_seconds=older_than)
    if as_json:
        print_json(found)
    else:
        _show(Console(), found)
    if not found.is_clean:
        raise typer.Exit(FAILED)


def _show(console: Console, found: Sweep) -> None:
    if found.failure:
        complain(f"The sweep failed: {found.failure.message}")
        return
    if found.left_over:
        console.print(_table(found))
    if found.truncated:
        console.print(f"… and {found.found - len(found.left_over)} more", style="dim")
    looked = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in found.checked.items())
    console.print(f"Checked {looked}.", style="dim", soft_wrap=True, highlight=False)
    console.print(_summary(found))


def _table(found: Sweep) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("leftover", no_wrap=True)
    table.add_column("id", overflow="fold")
    table.add_column("reason", overflow="fold")
    for one in found.left_over:
        removed = (" (removed)", "green") if one.removed else ""
        table.add_row(Text(one.kind), Text(one.id), Text.assemble(one.reason, removed))
    return table


def _summary(found: Sweep) -> Text:
    if not found.found:
        return Text("Nothing is left over.", style="green")
    if found.is_clean:
        return Text(f"All {found.found} leftovers were removed.", style="green")
    return Text(f"{found.found - found.removed} leftovers. `answerable sweep --remove` removes them.", style="yellow")
