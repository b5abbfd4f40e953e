"""``answerable feedback``: rate answers, see the counts, tune search."""

from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from answerable_sdk import FeedbackAnalytics, Tuning
from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reporting_errors
from cli.terminal import Console

feedback = typer.Typer(no_args_is_help=True, help="Rate answers, see feedback counts, and tune search by them.")


@feedback.command("give")
def give(
    trace_id: Annotated[str, typer.Argument(help="Trace id of the answer.")],
    rating: Annotated[Literal["up", "down"], typer.Argument(help="up or down.")],
    passage: Annotated[str | None, typer.Option(help="Id of the passage that has the right answer.")] = None,
    comment: Annotated[str | None, typer.Option(help="A comment.")] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rate an answer. Rating it again replaces the earlier rating."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        given = client.feedback.give(trace_id, rating, passage_id=passage, comment=comment)
    if as_json:
        print_json(given)
    else:
        Console().print(f"Thank you. Your rating: {given.rating}.", highlight=False)


@feedback.command("analytics")
def analytics(
    days: Annotated[int, typer.Option(min=1, max=365, help="Number of days to look back.")] = 30,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Feedback counts by day, and the documents it concerns."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        found = client.feedback.analytics(days=days)
    if as_json:
        print_json(found)
    else:
        _show(Console(), found)


@feedback.command("tune")
def tune(
    activate: Annotated[int | None, typer.Option(min=0, help="Roll back to this version; 0 turns tuning off.")] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tune search by the feedback now. This also happens daily."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        tuning = client.tunings.create() if activate is None else client.tunings.activate(activate)
    if as_json:
        print_json(tuning)
    else:
        _show_tuning(Console(), tuning)


@feedback.command("tunings")
def tunings(url: UrlOption = None, api_key: KeyOption = None, as_json: JsonOption = False) -> None:
    """List tuning versions, newest first."""
    with reporting_errors(), find_target(url, api_key).client() as client:
        found = client.tunings.list()
    if as_json:
        print_json([tuning.model_dump(mode="json") for tuning in found])
        return
    table = Table("version", "active", "feedback", "documents", "created", "by", box=None, pad_edge=False)
    for one in found:
        made = f"{one.created_at:%Y-%m-%d %H:%M}"
        table.add_row(
            str(one.version), "yes" if one.active else "", str(one.feedback), str(len(one.boosts)), made, one.created_by
        )
    Console().print(table)


def _show(console: Console, found: FeedbackAnalytics) -> None:
    console.print(f"{found.ups} up, {found.downs} down, {found.comments} with a comment", highlight=False)
    days = Table("day", "up", "down", box=None, pad_edge=False)
    for day in found.days:
        days.add_row(day.day, str(day.ups), str(day.downs))
    if found.days:
        console.print(days)
    table = Table("document", "up", "down", box=None, pad_edge=False)
    for document in found.documents:
        table.add_row(Text(document.name), str(document.ups), str(document.downs))
    if found.documents:
        console.print(table)


def _tuning_line(tuning: Tuning) -> str:
    if tuning.version == 0:
        return "Tuning is off."
    return f"Version {tuning.version} is active, learned from {tuning.feedback} ratings."


def _show_tuning(console: Console, tuning: Tuning) -> None:
    console.print(_tuning_line(tuning), highlight=False)
    table = Table("document", "factor", "up", "down", box=None, pad_edge=False)
    for boost in sorted(tuning.boosts, key=lambda one: one.boost):
        table.add_row(str(boost.document_id), f"{boost.boost:.3f}", str(boost.ups), str(boost.downs))
    if tuning.boosts:
        console.print(table)
