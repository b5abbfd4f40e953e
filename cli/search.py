"""``answerable search``."""

from typing import Annotated, Final

import typer
from rich.table import Table
from rich.text import Text

from answerable_sdk import ExplainedResult, ExplainedSearch, Search, SearchOptions, SearchResult
from cli.connection import JsonOption, KeyOption, UrlOption, find_target, print_json, reporting_errors
from cli.terminal import Console

_EXCERPT: Final = 160


def search(  # noqa: PLR0913, PLR0917 - each parameter is an option of the command
    query: Annotated[str, typer.Argument(help="What to search for.")],
    explain: Annotated[bool, typer.Option("--explain", help="Show scores and ranks.")] = False,
    top: Annotated[int, typer.Option(min=1, max=50, help="Number of results.")] = 10,
    mode: Annotated[str, typer.Option(help="Retrieval mode: hybrid, dense or lexical.")] = "hybrid",
    fusion: Annotated[str, typer.Option(help="Fusion of the two rankings in hybrid mode: convex or rrf.")] = "convex",
    reranker: Annotated[str | None, typer.Option(help="Reranker: none, local or cohere. Default: the bot's.")] = None,
    dataset: Annotated[list[str] | None, typer.Option(help="Only the dataset with this id. Repeatable.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only documents with this tag. Repeatable.")] = None,
    bot: Annotated[
        str | None, typer.Option(help="Id of the bot whose datasets to search. Default: the default bot.")
    ] = None,
    url: UrlOption = None,
    api_key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search for passages without composing an answer."""
    choices = SearchOptions(top_k=top, mode=mode, fusion=fusion)
    if reranker:
        choices["reranker"] = reranker
    if dataset:
        choices["dataset_ids"] = dataset
    if tag:
        choices["filters"] = {"tags": tag}
    if bot:
        choices["bot_id"] = bot
    with reporting_errors(), find_target(url, api_key).client() as client:
        found = client.explain_search(query, **choices) if explain else client.search(query, **choices)
    if as_json:
        print_json(found)
    else:
        _show(Console(), found)


def _show(console: Console, found: Search | ExplainedSearch) -> None:
    if not found.results:
        console.print("No results.")
    elif isinstance(found, ExplainedSearch):
        console.print(_explanation_table(found))
    else:
        for result in found.results:
            _print_result(console, result)
    for warning in found.warnings:
        console.print(f"{warning.code}: {warning.message}", style="yellow", markup=False, highlight=False)
    console.print(Text(_summary(found), style="dim"), soft_wrap=True)


def _print_result(console: Console, result: SearchResult) -> None:
    console.print(Text.assemble((f"{result.rank:>2}. ", "bold"), _place(result), (f"  {result.score:.3f}", "cyan")))
    console.print(Text(f"    {_excerpt(result)}", style="dim"))


def _explanation_table(found: ExplainedSearch) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("#", justify="right")
    table.add_column("passage", overflow="fold")
    for column in ("dense", "words", "fused", "boost", "reranked"):
        table.add_column(column, justify="right", no_wrap=True)
    for result in found.results:
        table.add_row(
            str(result.rank), Text.assemble(_place(result), "\n", (_excerpt(result), "dim")), *_scores(result)
        )
    return table


def _scores(result: ExplainedResult) -> tuple[str, ...]:
    scores = result.scores
    return (
        _score_and_rank(scores.dense, scores.dense_rank, 3),
        _score_and_rank(scores.lexical, scores.lexical_rank, 2),
        f"{scores.fused:.3f}",
        "" if scores.boost == 1 else f"x{scores.boost:.2f}",
        "" if scores.reranked is None else f"{scores.reranked:.3f}",
    )


def _score_and_rank(score: float | None, rank: int | None, digits: int) -> str:
    """A leg's score and, behind it, its rank in that leg."""
    return "-" if score is None else f"{score:.{digits}f} #{rank}"


def _place(result: SearchResult) -> Text:
    heading = result.section_heading if result.section_heading != result.title else ""
    page = f", page {result.page}" if result.page else ""
    return Text.assemble(
        (result.title, "bold"),
        f" / {heading}" if heading else "",
        (f"  {result.source}{page}", "dim"),
        (f"  suspicious: {result.suspicious}" if result.suspicious else "", "yellow"),
    )


def _excerpt(result: SearchResult) -> str:
    """The start of the best span where it is known, else of the passage."""
    text = result.text or ("(withheld)" if result.suspicious else "(erased)")
    if isinstance(result, ExplainedResult) and result.text:
        text = text[result.span_start - result.start : result.span_end - result.start]
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else f"{flat[: _EXCERPT - 1].rstrip()}…"


def _summary(found: Search | ExplainedSearch) -> str:
    parts = [f"\n{found.mode} search", f"confidence {found.confidence:.2f}"]
    if isinstance(found, ExplainedSearch):
        rerank, timings = found.rerank, found.timings
        parts += [
            f"{found.fusion} fusion",
            f"reranker {rerank.used}" + (f" instead of {rerank.wanted} ({rerank.fault})" if rerank.fault else ""),
            f"{len(found.duplicates)} duplicates left out",
            f"embedding {timings.embed_ms:.1f} ms, index {timings.index_ms:.1f} ms, order {timings.order_ms:.1f} ms",
            f"generation {found.index_generation}",
        ]
    return "   ".join([*parts, f"search {found.search_id}"])
