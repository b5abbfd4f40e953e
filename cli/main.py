"""The ``answerable`` command and its subcommands."""

import typer

from cli.up import up

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False)


@app.callback()
def answerable() -> None:
    """Question answering in which every answer can be accounted for."""


app.command()(up)


def main() -> None:
    """The entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
