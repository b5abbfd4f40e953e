import asyncio
import time
from typing import Any
from uuid import uuid4

import pytest
from starlette.types import Receive, Scope, Send

from api.edge.refusal_pauses import RefusalPauses, Refusals

GUESSER, NEIGHBOUR = b"Bearer guessed", b"Bearer of-a-tenant"


async def accept_only_the_neighbour(scope: Scope, receive: Receive, send: Send) -> None:
    is_known = (b"authorization", NEIGHBOUR) in scope["headers"]
    if is_known:
        scope["state"]["principal"] = uuid4()
    await send({"type": "http.response.start", "status": 200 if is_known else 401, "headers": []})


async def seconds_for(app: RefusalPauses, credentials: bytes) -> float:
    async def nothing(*_: Any) -> Any:
        return {}

    headers = [(b"authorization", credentials)]
    began = time.monotonic()
    await app({"type": "http", "headers": headers, "client": ("10.0.0.1", 1), "state": {}}, nothing, nothing)
    return time.monotonic() - began


async def test_a_guesser_of_keys_waits_and_who_shares_its_address_does_not() -> None:
    app = RefusalPauses(accept_only_the_neighbour, refusals_per_second=0.001)
    await seconds_for(app, NEIGHBOUR)
    for _ in range(52):
        await seconds_for(app, GUESSER)

    assert await seconds_for(app, GUESSER) >= 0.2
    assert await seconds_for(app, NEIGHBOUR) < 0.1


async def test_a_key_that_is_refused_often_waits_by_itself() -> None:
    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["principal"] = uuid4()
        await send({"type": "http.response.start", "status": 422, "headers": []})

    app = RefusalPauses(refuse, refusals_per_second=0.001)
    for _ in range(52):
        await seconds_for(app, GUESSER)

    assert await seconds_for(app, GUESSER) >= 0.2
    assert await seconds_for(app, NEIGHBOUR) < 0.1


def test_fifty_refusals_in_a_row_cost_no_pause_and_no_pause_is_longer_than_five_seconds() -> None:
    refusals = Refusals(0.001)
    for _ in range(50):
        refusals.add("a")
    assert refusals.pause("a") == 0
    for _ in range(1_000):
        refusals.add("a")
    assert refusals.pause("a") == pytest.approx(5.0, abs=0.01)
    assert refusals.pause("b") == 0


async def test_refusals_are_forgotten() -> None:
    refusals = Refusals(1_000)
    for _ in range(100):
        refusals.add("a")
    await asyncio.sleep(0.2)
    assert refusals.pause("a") == 0
