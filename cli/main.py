"""The ``answerable`` command and its subcommands.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the server cannot be reached.
"""

import os
import sys

import typer

from cli.ask import ask
from cli.audit import audit
from cli.bots import bots
from cli.cite import cite
from cli.conversations import conversations
from cli.datasets import datasets
from cli.documents import documents
from cli.feedback import feedback
from cli.ingest import ingest
from cli.ingests import ingests
from cli.packs import packs
from cli.policy import policy
from cli.search import search
from cli.sweep import sweep
from cli.tenant import tenant
from cli.up import up

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False)


@app.callback()
def answerable() -> None:
    """Answers to questions from your documents, each with its sources and an audit trail.

    Exit codes: 0 success, 1 failure, 2 wrong usage, 3 server unreachable, 130 interrupted.
    """


app.command()(up)
app.command()(ask)
app.command()(cite)
app.command()(conversations)
app.command()(search)
app.add_typer(feedback, name="feedback")
app.command()(ingest)
app.add_typer(documents, name="documents")
app.add_typer(ingests, name="ingests")
app.command()(audit)
app.command()(sweep)
app.command()(datasets)
app.add_typer(bots, name="bots")
app.add_typer(packs, name="packs")
app.add_typer(policy, name="policy")
app.add_typer(tenant, name="tenant")


def main() -> None:
    """The entry point of the console script."""
    code = _run()
    sys.stdout.flush()
    sys.stderr.flush()
    if "temporalio" in sys.modules:
        # Its native threads race with the interpreter's teardown and can abort a process that is done.
        os._exit(code)
    sys.exit(code)


def _run() -> int:
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    main()
