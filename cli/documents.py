"""``answerable documents``: what a dataset holds, and deleting from it."""

from typing import Annotated, Final
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from answerable_sdk import Answerable, Document
from cli.connection import JsonOption, KeyOption, Problem, UrlOption, find_target, print_json, reported
from cli.ingest import choose_dataset
from cli.terminal import Console

documents = typer.Typer(no_args_is_help=True, help="The documents of a dataset.")

_STYLES: Final = {"live": "green", "ingesting": "cyan", "absent": "red", "deleted": "dim"}

DatasetOption = Annotated[
    str | None, typer.Option("--dataset", help="Id, name or pack of the dataset. Not needed when there is only one.")
]


@documents.command("list")
def list_documents(
    dataset: DatasetOption = None,
    state: Annotated[
        str | None, typer.Option(help="live, ingesting, absent or deleted. Default: all but deleted.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    after: Annotated[str | None, typer.Option(help="Continue behind this document (its id).")] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """List documents by name: which version answers, and how the newest ingest stands."""
    with reported():
        target = find_target(url, api_key)
        dataset_id = choose_dataset(target, dataset).dataset_id
        with target.client() as client:
            page = client.documents.list(dataset_id, state=state, limit=limit, after=after)
    if as_json:
        print_json(page)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("document", no_wrap=True, min_width=36)
    table.add_column("state", no_wrap=True)
    table.add_column("answers", no_wrap=True)
    for title in ("name", "newest ingest"):
        table.add_column(title, overflow="fold")
    for one in page.items:
        answers = f"v{one.live.version}, {one.live.passages} passages" if one.live else ""
        table.add_row(str(one.document_id), _state(one), answers, Text(one.name), Text(_latest(one)))
    console = Console()
    console.print(table)
    if page.next:
        console.print(f"\nMore: answerable documents list --after {page.next}", style="dim", soft_wrap=True)


@documents.command("delete")
def delete_documents(
    wanted: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names as `documents list` has them, or ids.")],
    dataset: DatasetOption = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take documents out of the answers at once. Old citations still open; an upload brings a document back."""
    with reported():
        target = find_target(url, api_key)
        dataset_id = choose_dataset(target, dataset).dataset_id
        with target.client() as client:
            ids = _ids_of(client, dataset_id, wanted)
            deleted = [client.documents.delete(dataset_id, one) for one in ids]
    if as_json:
        print_json([one.model_dump(mode="json") for one in deleted])
        return
    for one in deleted:
        Console().print(Text.assemble("deleted  ", one.name, (f"  {one.document_id}", "dim")), soft_wrap=True)


def _ids_of(client: Answerable, dataset_id: UUID, wanted: list[str]) -> list[str]:
    """The ids of documents, in order. Raises Problem, before anything is deleted, for a name that nothing has."""
    known = {one.name: str(one.document_id) for one in client.documents.all(dataset_id)}
    missing = [one for one in wanted if one not in known and not _is_id(one)]
    if missing:
        raise Problem(f"No document is called '{missing[0]}'. `answerable documents list` shows the names.")
    return [known.get(one, one) for one in wanted]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _state(document: Document) -> Text:
    return Text(document.state, style=_STYLES.get(document.state, "yellow"))


def _latest(document: Document) -> str:
    latest = document.latest
    why = f": {latest.error.code}" if latest.error else ""
    return f"v{latest.version} {latest.state}{why}"
