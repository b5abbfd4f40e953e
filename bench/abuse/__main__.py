"""One tenant does its worst, by every recipe at once, on a system as a user starts it; another asks meanwhile.

    .venv/bin/python -m bench.abuse --seconds 120

Writes build/abuse.json: ``other_p95_ratio`` is the 95th percentile of what the other tenant waited for its answers
under attack, in relation to the same on the idle system of the same run, before and after; ``grown_mb`` by how many MiB
the process that grew most has grown. The exit code is 1 if the other tenant was refused or answered otherwise.
"""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from rich.console import Console
from rich.table import Table

from adapters.postgres.api_keys import PostgresApiKeys
from adapters.postgres.bots import PostgresBots
from adapters.postgres.database import Database
from adapters.postgres.datasets import PostgresDatasets
from adapters.postgres.tenants import PostgresTenants
from bench.abuse.attacking import Orders, chosen
from bench.abuse.bystander import Waited, ask_for
from bench.abuse.memory import Memory
from bench.system import started_system
from bench.turn import quantiles
from bootstrap.embedded.running_database import running_database
from bootstrap.embedded.state import RunningState
from bootstrap.settings import load_settings
from domain.bots.bot import Bot
from domain.identity.principal import KeyScope
from domain.knowledge.dataset import Dataset

_RESULT: Final = Path("build/abuse.json")
_IDLE_QUESTIONS: Final = 100
_WARM_UP_QUESTIONS: Final = 20
# What was under way when the attack ended is let go.
_REST_SECONDS: Final = 20.0


async def abuse(system: RunningState, console: Console, *, seconds: float, names: tuple[str, ...]) -> dict[str, Any]:
    """Measure idle, under attack, and idle again."""
    url, key = system.api_url or "", system.api_key.get_secret_value() if system.api_key else ""
    attacker_key, dataset_id = await _another_tenant(system)
    with console.status("asking on the idle system"):
        await ask_for(url, key, questions=_WARM_UP_QUESTIONS)
        idle = await ask_for(url, key, questions=_IDLE_QUESTIONS)
    memory = Memory(system.pid)
    memory.begin()
    orders = Orders(url=url, api_key=attacker_key, dataset_id=dataset_id, seconds=seconds, names=names)
    with console.status(f"{len(chosen(names))} recipes at once for {seconds:.0f} s"):
        watching = asyncio.create_task(memory.watch())
        attack = asyncio.create_task(_attack(orders))
        under_attack = await ask_for(url, key, seconds=seconds)
        seen = await attack
        watching.cancel()
    with console.status("asking again, when it is over"):
        await asyncio.sleep(_REST_SECONDS)
        after = await ask_for(url, key, questions=_IDLE_QUESTIONS)
    return _result(idle, under_attack, after, memory, seen)


async def _another_tenant(system: RunningState) -> tuple[str, UUID]:
    """A key for everything, and a dataset, of a tenant that was made just now."""
    url = running_database(load_settings(None), system.data_dir)
    tenant_id = uuid4()
    async with Database(url.get_secret_value(), pool_size=1) as database:
        await PostgresTenants(database).create(tenant_id, "Attacker")
        dataset = Dataset(dataset_id=uuid4(), tenant_id=tenant_id, pack_id="product_support", name="Attacker's")
        await PostgresDatasets(database).create(dataset)
        bot = Bot(bot_id=uuid4(), tenant_id=tenant_id, name="Bot", version=1, datasets=(dataset,), is_default=True)
        await PostgresBots(database).create(bot)
        issued = await PostgresApiKeys(database).create(tenant_id, "Attacker's", scopes=tuple(KeyScope))
        return issued.plain_key, dataset.dataset_id


async def _attack(orders: Orders) -> dict[str, dict[str, int]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.abuse.attacking",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate(orders.model_dump_json().encode())
    seen: dict[str, dict[str, int]] = json.loads(printed)
    return seen


def _result(
    idle: Waited, under_attack: Waited, after: Waited, memory: Memory, seen: dict[str, dict[str, int]]
) -> dict[str, Any]:
    grown = memory.grown()
    (idle_p50, idle_p95), (p50, p95) = (
        quantiles(idle.milliseconds + after.milliseconds),
        quantiles(under_attack.milliseconds),
    )
    return {
        "other_p95_ratio": round(p95 / idle_p95, 2),
        "other_p50_ratio": round(p50 / idle_p50, 2),
        "grown_mb": max(grown.values()),
        "idle_p50_ms": round(idle_p50, 1),
        "idle_p95_ms": round(idle_p95, 1),
        "p50_ms": round(p50, 1),
        "p95_ms": round(p95, 1),
        "answers": len(under_attack.milliseconds),
        "wrong": dict(idle.wrong + under_attack.wrong + after.wrong),
        "grown_mb_by_process": grown,
        "recipes": seen,
    }


def _show(console: Console, result: dict[str, Any]) -> None:
    table = Table("recipe", "answered", box=None)
    for name, seen in sorted(result["recipes"].items()):
        table.add_row(name, ", ".join(f"{count}x {what}" for what, count in seen.items()))
    console.print(table)
    console.print({name: found for name, found in result.items() if name != "recipes"})


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.abuse", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--only", action="append", default=[], help="recipes whose name contains this; repeatable")
    arguments = parser.parse_args()
    console = Console()
    with started_system(console) as system:
        result = asyncio.run(abuse(system, console, seconds=arguments.seconds, names=tuple(arguments.only)))
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(result, indent=2) + "\n")
    _show(console, result)
    sys.stdout.flush()
    os._exit(1 if result["wrong"] else 0)


if __name__ == "__main__":
    main()
