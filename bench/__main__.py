"""``make bench``: run the figures, print a table, write build/bench.json. ARGS="--only turn" runs one."""

import argparse
import asyncio
import gc
import json
import logging
import os
import sys
from pathlib import Path

import structlog
from rich.console import Console

from bench.index import measure_index
from bench.ingest import measure_ingests
from bench.peers import measure_peers
from bench.scale import measure_scale
from bench.system import started_system
from bench.turn import measure_turns
from bootstrap import event_loop

_RESULT = Path("build/bench.json")
_FIGURES = ("turn", "ingest", "index")
_OF_THE_SYSTEM = {"turn", "ingest"}
# Takes the better part of an hour, so it runs only when it is asked for.
_LONG = "scale"
# Installs other systems and needs judged questions, so it runs only when it is asked for.
_OTHERS = "peers"


async def run(
    names: list[str], console: Console, *, samples: int, passages: int | None, indexed: int, judged: Path | None
) -> dict[str, object]:
    results: dict[str, object] = {}
    event_loop.keep_what_is_loaded()
    if judged is not None and _OTHERS in names:
        results[_OTHERS] = await measure_peers(console, judged)
    if "index" in names:
        results["index"] = await measure_index(console, passages=indexed)
    if _LONG in names:
        with started_system(console, {"EMBEDDER": "hash"}) as system:
            results[_LONG] = await measure_scale(system, console, passages=passages or 100_000)
    if not _OF_THE_SYSTEM.intersection(names):
        return results
    with started_system(console) as system:
        if "turn" in names:
            results["turn"] = await measure_turns(system, console, samples=samples, passages=passages or 1000)
        if "ingest" in names:
            results["ingest"] = await measure_ingests(system, console)
    gc.collect()
    await asyncio.sleep(0.3)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=(*_FIGURES, _LONG, _OTHERS), help="run this figure; may be repeated"
    )
    parser.add_argument("--samples", type=int, default=200, help="turns, and references, of the latency figures")
    parser.add_argument("--passages", type=int, help="passages beside the demo pack's (1000), or of scale (100,000)")
    parser.add_argument("--indexed", type=int, default=100_000, help="passages of the figures of the index")
    parser.add_argument("--judged", type=Path, help="corpus.jsonl, queries.jsonl and qrels that peers are measured on")
    chosen = parser.parse_args()
    console = Console()
    # What the measured code says of its work in passing would stand between the tables.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    # On the loop that the workers run on: the reference runs in this process.
    names = chosen.only or list(_FIGURES)
    if _OTHERS in names and chosen.judged is None:
        parser.error(f"--only {_OTHERS} needs --judged FOLDER")
    sizes = {name: getattr(chosen, name) for name in ("samples", "passages", "indexed", "judged")}
    results = event_loop.run(lambda: run(names, console, **sizes))
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(results, indent=2) + "\n")
    console.print(f"written: {_RESULT}")
    sys.stdout.flush()
    # Threads of the Temporal core may still hold Python objects, which aborts some plain exits.
    os._exit(0)


if __name__ == "__main__":
    main()
