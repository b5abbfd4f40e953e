"""The attacker's side, a process of its own as on a machine of its own: it gets what time the system leaves.

Reads ``Orders`` as JSON from standard input, so that no key stands in a command line, and prints what it was answered.
"""

import asyncio
import json
import os
import sys
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from bench.abuse.attack import Attacker, Recipe, cook
from bench.abuse.texts import TEXTS
from bench.abuse.uploads import UPLOADS
from bench.abuse.wire import WIRE

RECIPES: Final[tuple[Recipe, ...]] = (*TEXTS, *UPLOADS, *WIRE)
_LEAST_URGENT: Final = 19


class Orders(BaseModel):
    url: str
    api_key: str
    dataset_id: UUID
    seconds: float
    names: tuple[str, ...]
    """The recipes by name; all of them where there is none."""


def chosen(names: tuple[str, ...]) -> tuple[Recipe, ...]:
    """The recipes whose names contain one of ``names``; all where there is none."""
    return tuple(one for one in RECIPES if not names or any(name in one.name for name in names))


def main() -> None:
    os.nice(_LEAST_URGENT)
    orders = Orders.model_validate_json(sys.stdin.read())
    attacker = Attacker(orders.url, orders.api_key, orders.dataset_id, orders.seconds)
    asyncio.run(cook(chosen(orders.names), attacker))
    sys.stdout.write(json.dumps(attacker.seen))


if __name__ == "__main__":
    main()
