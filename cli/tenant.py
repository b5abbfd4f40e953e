"""``answerable tenant``: the tenant of the key, and what can be set of it."""

from typing import Annotated

import typer
from rich.text import Text

from answerable_sdk import Tenant
from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reported
from cli.terminal import Console

tenant = typer.Typer(no_args_is_help=True, help="The tenant of the key, and what can be set of it.")


@tenant.command("show")
def show(url: UrlOption = None, api_key: KeyOption = None, as_json: JsonOption = False) -> None:
    """Print the tenant."""
    with reported(), find_target(url, api_key).client() as client:
        found = client.tenant.get()
    _show(found, as_json=as_json)


@tenant.command("set")
def set_tenant(
    time_zone: Annotated[str, typer.Option(help='What "yesterday" means in a question: a name like Europe/Berlin.')],
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set the time zone. It applies to turns that begin afterwards."""
    with reported(), find_target(url, api_key).client() as client:
        changed = client.tenant.update(time_zone=time_zone)
    _show(changed, as_json=as_json)


def _show(found: Tenant, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    console = Console()
    for name, value in (("tenant", str(found.tenant_id)), ("name", found.name), ("time zone", found.time_zone)):
        console.print(Text.assemble((f"{name:<10}", "dim"), value), soft_wrap=True)
