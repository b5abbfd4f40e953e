"""``answerable tenant``: the tenant of the key, and its settings."""

from typing import Annotated

import typer
from rich.text import Text

from answerable_sdk import Tenant
from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reporting_errors
from cli.terminal import Console

tenant = typer.Typer(no_args_is_help=True, help="Show and change the tenant of the API key.")


@tenant.command("show")
def show(url: UrlOption = None, api_key: KeyOption = None, as_json: JsonOption = False) -> None:
    """Show the tenant."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        found = client.tenant.get()
    _show(found, as_json=as_json)


@tenant.command("set")
def set_tenant(
    time_zone: Annotated[
        str, typer.Option(help='Time zone for words like "yesterday" in questions, such as Europe/Berlin.')
    ],
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set the time zone. It applies to new questions."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        changed = client.tenant.update(time_zone=time_zone)
    _show(changed, as_json=as_json)


def _show(found: Tenant, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    console = Console()
    for name, value in (("tenant", str(found.tenant_id)), ("name", found.name), ("time zone", found.time_zone)):
        console.print(Text.assemble((f"{name:<10}", "dim"), value), soft_wrap=True)
