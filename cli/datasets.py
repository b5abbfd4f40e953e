"""``answerable datasets``."""

from rich.table import Table
from rich.text import Text

from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reporting_errors
from cli.terminal import Console


def datasets(url: UrlOption = None, api_key: KeyOption = None, as_json: JsonOption = False) -> None:
    """List datasets."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        found = client.datasets.list()
    if as_json:
        print_json([dataset.model_dump(mode="json") for dataset in found])
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("dataset", no_wrap=True, min_width=36)
    for title in ("pack", "name"):
        table.add_column(title, overflow="fold")
    for dataset in found:
        pack = dataset.pack_id if dataset.available else f"{dataset.pack_id} (not installed)"
        table.add_row(str(dataset.dataset_id), Text(pack), Text(dataset.name))
    Console().print(table)
