"""Sweeps with both clients."""

import json
from typing import Any

import pytest

from answerable_sdk import ResponseError, WaitTimeoutError
from tests.unit.sdk.in_memory_server import Pauses, Run, Server, error, reply

RUNNING: dict[str, Any] = {
    "state": "running",
    "checked": {},
    "left_over": [],
    "found": 0,
    "removed": 0,
    "truncated": False,
    "failure": None,
}
FINISHED = {**RUNNING, "state": "finished", "checked": {"documents": 3}}
ONE = {"kind": "document", "id": "d", "reason": "it has no version", "removed": False}


def test_a_sweep_is_followed_until_it_is_finished(run: Run, pauses: Pauses) -> None:
    server = Server(reply(202, RUNNING), reply(200, RUNNING), reply(200, FINISHED))
    sweep = run(server, pauses, "sweeps.run", remove=True, older_than_seconds=0)
    assert (sweep.checked, sweep.is_clean) == ({"documents": 3}, True)
    assert json.loads(server.bodies[0]) == {"remove": True, "older_than_seconds": 0}
    assert [request.method for request in server.requests] == ["POST", "GET", "GET"]


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ({"left_over": [ONE], "found": 1}, False),
        ({"left_over": [{**ONE, "removed": True}], "found": 1, "removed": 1}, True),
        ({"state": "failed", "failure": {"code": "cancelled", "message": "It was.", "details": {}}}, False),
    ],
)
def test_a_sweep_is_clean_when_nothing_is_left_over_now(
    run: Run, pauses: Pauses, body: dict[str, Any], clean: bool
) -> None:
    assert run(Server(reply(200, {**FINISHED, **body})), pauses, "sweeps.run").is_clean is clean


def test_another_sweep_that_runs_is_an_error(run: Run, pauses: Pauses) -> None:
    with pytest.raises(ResponseError) as raised:
        run(Server(error(409, "already_running")), pauses, "sweeps.run")
    assert raised.value.code == "already_running"


def test_waiting_for_a_sweep_ends(run: Run, pauses: Pauses) -> None:
    with pytest.raises(WaitTimeoutError, match="sweep"):
        run(Server(reply(202, RUNNING)), pauses, "sweeps.run", timeout=0)
