"""``kill -9`` at every stage of a first start; the next start goes on, and at last everything is there, once."""

import asyncio
import random
import signal
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.database import Database
from adapters.postgres.demo_events import DemoEvents
from answerable_sdk import Answerable
from bootstrap.demo import TENANT_ID, pack_documents
from bootstrap.embedded.state import RunningState, read_running_state
from tests.fixtures import start_moments
from tests.fixtures.processes import eventually
from tests.fixtures.start_moments import Moment, app_conninfo, superuser
from tests.fixtures.up_process import UpProcess

Start = Callable[..., UpProcess]

MOMENTS: tuple[Moment, ...] = (
    start_moments.while_the_cluster_is_made,
    start_moments.while_the_roles_are_made,
    start_moments.while_temporal_makes_its_tables,
    start_moments.inside_the_first_migration,
    start_moments.after_several_migrations,
    start_moments.when_the_events_are_written_but_not_committed,
    start_moments.when_some_documents_are_ingested,
)
MAX_SECONDS = 15.0


@pytest.mark.timeout(600)
def test_a_start_that_was_killed_at_every_stage_ends_with_everything_there_once(
    start: Start, directory: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(request.config.getoption("--start-kills-seed"))
    more = request.config.getoption("--start-kills")
    drawn = [start_moments.at_a_moment_drawn_from(chance, MAX_SECONDS) for _ in range(more)]
    start_moments.choose_ports(directory / "data")
    for number, moment in enumerate((*MOMENTS, *drawn)):
        up = start(environment={"EMBEDDER": "hash"})
        with ExitStack() as held:
            moment(up, directory / "data", held)
            # In turn the command alone, whose children have to notice, and everything at one blow.
            up.kill(with_children=number % 2 == 1)
            eventually(partial(_has_ended, up), f"every child ended; killed {moment.__name__}")

    last = start(environment={"EMBEDDER": "hash"})
    last.wait_until_up(120)

    running = read_running_state(directory / "data")
    assert running
    assert "Not all documents" not in last.transcript
    _everything_is_there_once(running, directory / "data")
    last.send(signal.SIGINT)
    assert last.wait_for_end() == 0
    assert last.survivors() == []


def _has_ended(up: UpProcess) -> bool:
    return not up.survivors()


def _everything_is_there_once(running: RunningState, data: Path) -> None:
    assert running.api_url
    assert running.api_key
    expected = sorted(document.name for document in pack_documents())
    with Answerable(running.api_url, running.api_key.get_secret_value()) as client:
        assert client.ask("How do I rotate an API key?").citations
        assert client.sweeps.run(older_than_seconds=0).found == 0
    with superuser(data) as connection:
        live = "SELECT external_key FROM documents JOIN document_versions v ON v.version_id = live_version_id"
        assert sorted(name for (name,) in connection.execute(live)) == expected
        states = "SELECT count(*), count(*) FILTER (WHERE state = 'succeeded') FROM document_versions"
        assert connection.execute(states).fetchone() == (len(expected), len(expected))
        assert _events(connection) == _events(connection, after=lambda: asyncio.run(_fill_again(data)))


def _events(connection: psycopg.Connection, after: Callable[[], None] = lambda: None) -> int:
    connection.commit()
    after()
    found = connection.execute("SELECT count(*) FROM measurements.events").fetchone()
    assert found
    return int(found[0])


async def _fill_again(data: Path) -> None:
    """Add what is missing in the hours that every start covers, whenever it is made."""
    now = datetime.now(UTC)
    async with Database(app_conninfo(data)) as database:
        await DemoEvents(database).fill(TENANT_ID, now - timedelta(days=34), now + timedelta(days=6))
