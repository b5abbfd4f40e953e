"""``answerable documents``: list and delete documents of a dataset."""

from typing import Annotated, Final
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from answerable_sdk import Answerable, Document
from cli.connection import JsonOption, KeyOption, Problem, UrlOption, find_target, print_json, reporting_errors
from cli.ingest import choose_dataset
from cli.terminal import ID_WIDTH, Console, name_over_id

documents = typer.Typer(no_args_is_help=True, help="List and delete documents.")

_STYLES: Final = {"live": "green", "ingesting": "cyan", "absent": "red", "deleted": "dim"}

DatasetOption = Annotated[
    str | None, typer.Option("--dataset", help="Id, name or pack of the dataset. Required if there are several.")
]


@documents.command("list")
def list_documents(
    dataset: DatasetOption = None,
    state: Annotated[
        str | None,
        typer.Option(
            help="Only documents in this state: live, ingesting, absent or deleted. Default: all but deleted."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Most documents to list.")] = 50,
    after: Annotated[str | None, typer.Option(help="Start after the document with this id.")] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """List documents by name, with the live version and the state of the newest ingest."""
    with reporting_errors():
        target = find_target(url, api_key)
        dataset_id = choose_dataset(target, dataset).dataset_id
        with target.client() as client:
            page = client.documents.list(dataset_id, state=state, limit=limit, after=after)
    if as_json:
        print_json(page)
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("document", overflow="fold", min_width=ID_WIDTH)
    table.add_column("state", no_wrap=True)
    table.add_column("live version", overflow="fold")
    table.add_column("newest ingest", overflow="fold")
    for one in page.items:
        live = f"v{one.live.version}, {one.live.passages} passages" if one.live else ""
        table.add_row(name_over_id(one.name, one.document_id), _state(one), live, Text(_latest(one)))
    console = Console()
    console.print(table)
    if page.next:
        console.print(f"\nMore: answerable documents list --after {page.next}", style="dim", soft_wrap=True)


@documents.command("delete")
def delete_documents(
    wanted: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Names or ids, as `answerable documents list` shows them.")
    ],
    dataset: DatasetOption = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove documents from answers at once. Old citations still open; uploading a document restores it."""
    with reporting_errors():
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
        raise Problem(f"There is no document '{missing[0]}'. `answerable documents list` shows the names.")
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
