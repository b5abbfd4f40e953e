"""``answerable feedback``: judge answers, see what was said, learn from it."""

from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from answerable_sdk import FeedbackAnalytics, Tuning
from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reported
from cli.terminal import Console

feedback = typer.Typer(no_args_is_help=True, help="Judge answers, see what was said of them, and learn from it.")


@feedback.command("give")
def give(
    trace_id: Annotated[str, typer.Argument(help="The trace of the answer.")],
    rating: Annotated[Literal["up", "down"], typer.Argument(help="up or down.")],
    passage: Annotated[str | None, typer.Option(help="The passage that held the answer (its id).")] = None,
    comment: Annotated[str | None, typer.Option(help="In your words.")] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether an answer was good. A later word takes the place of the earlier."""
    with reported(), find_target(url, api_key).client() as client:
        given = client.feedback.give(trace_id, rating, passage_id=passage, comment=comment)
    if as_json:
        print_json(given)
    else:
        Console().print(f"Thank you: {given.rating}.", highlight=False)


@feedback.command("analytics")
def analytics(
    days: Annotated[int, typer.Option(min=1, max=365, help="How far to look back.")] = 30,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """What was said of answers, and which documents it is about."""
    with reported(), find_target(url, api_key).client() as client:
        found = client.feedback.analytics(days=days)
    if as_json:
        print_json(found)
    else:
        _show(Console(), found)


@feedback.command("tune")
def tune(
    activate: Annotated[
        int | None, typer.Option(min=0, help="Have this version apply again instead; 0: nothing that was learned.")
    ] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn from the feedback now, which else happens daily."""
    with reported(), find_target(url, api_key).client() as client:
        tuning = client.tunings.create() if activate is None else client.tunings.activate(activate)
    if as_json:
        print_json(tuning)
    else:
        _show_tuning(Console(), tuning)


@feedback.command("tunings")
def tunings(url: UrlOption = None, api_key: KeyOption = None, as_json: JsonOption = False) -> None:
    """The versions of what was learned, the newest first."""
    with reported(), find_target(url, api_key).client() as client:
        found = client.tunings.list()
    if as_json:
        print_json([tuning.model_dump(mode="json") for tuning in found])
        return
    table = Table("version", "applies", "learned from", "documents", "made", "by", box=None, pad_edge=False)
    for one in found:
        made = f"{one.created_at:%Y-%m-%d %H:%M}"
        table.add_row(
            str(one.version), "yes" if one.active else "", str(one.feedback), str(len(one.boosts)), made, one.created_by
        )
    Console().print(table)


def _show(console: Console, found: FeedbackAnalytics) -> None:
    console.print(f"{found.ups} up, {found.downs} down, {found.comments} with a comment", highlight=False)
    table = Table("document", "up", "down", box=None, pad_edge=False)
    for document in found.documents:
        table.add_row(Text(document.name), str(document.ups), str(document.downs))
    if found.documents:
        console.print(table)


def _show_tuning(console: Console, tuning: Tuning) -> None:
    console.print(f"Version {tuning.version} applies, learned from {tuning.feedback} feedbacks.", highlight=False)
    table = Table("document", "factor", "up", "down", box=None, pad_edge=False)
    for boost in sorted(tuning.boosts, key=lambda one: one.boost):
        table.add_row(str(boost.document_id), f"{boost.boost:.3f}", str(boost.ups), str(boost.downs))
    if tuning.boosts:
        console.print(table)
