"""``answerable up`` with its servers: progress, one run at a time, restarts, and nothing left behind."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg
import pytest

from bootstrap.embedded.data_directory import DataDirectory
from bootstrap.embedded.processes import lives
from bootstrap.embedded.state import read_running_state
from bootstrap.settings import load_settings
from tests.fixtures.processes import eventually
from tests.fixtures.servers import new_object_store, new_postgres, new_temporal, open_directory
from tests.fixtures.up_process import UpProcess, child_pid

Start = Callable[..., UpProcess]


def app_url(data: Path) -> str:
    settings = load_settings(data / "servers.env")
    return settings.database.url.get_secret_value()


def owner_url(data: Path) -> str:
    owner = load_settings(data / "servers.env").database.owner_url
    assert owner
    return owner.get_secret_value()


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[UpProcess, Path]]:
    """One run for the tests that leave it as it is, and its data directory."""
    with open_directory() as folder:
        up = UpProcess(folder, "--servers-only", "--data-dir", str(folder / "data"))
        try:
            up.wait_until_up()
            yield up, folder / "data"
        finally:
            up.close()


def test_a_second_up_says_where_the_first_runs(running: tuple[UpProcess, Path], start: Start) -> None:
    _, data = running
    second = start("--servers-only", "--data-dir", str(data))

    assert second.wait_for_end() == 1
    assert f"already runs in {data}" in second.transcript


def test_status_lists_the_parts(running: tuple[UpProcess, Path], start: Start) -> None:
    status = start("--status", "--data-dir", str(running[1]))

    assert status.wait_for_end() == 0
    for part in ("PostgreSQL", "Temporal", "Object store"):
        assert part in status.transcript


def test_status_fails_when_nothing_runs(start: Start) -> None:
    status = start("--status")

    assert status.wait_for_end() == 1
    assert "is not running" in status.transcript


def test_secrets_and_logs_are_closed_to_other_users(running: tuple[UpProcess, Path]) -> None:
    _, data = running

    for name in ("secrets.json", "state.json", "servers.env", "processes.json"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600, name
    for name in ("logs", "objects", "temporal"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o700, name


def test_reset_while_it_runs_deletes_nothing(running: tuple[UpProcess, Path], start: Start) -> None:
    _, data = running
    secrets = (data / "secrets.json").read_text()

    second = start("--servers-only", "--reset", "--yes", "--data-dir", str(data))

    assert second.wait_for_end() == 1
    assert (data / "secrets.json").read_text() == secrets
    psycopg.connect(app_url(data)).close()


def test_a_child_that_dies_is_restarted_visibly_on_its_port(running: tuple[UpProcess, Path]) -> None:
    up, data = running
    url = app_url(data)
    killed = child_pid(data, "PostgreSQL")

    os.kill(killed, signal.SIGKILL)

    up.wait_for("PostgreSQL died (signal 9)")
    up.wait_for("PostgreSQL is back")
    psycopg.connect(url).close()
    assert child_pid(data, "PostgreSQL") != killed


def test_ctrl_c_leaves_no_process_and_a_taken_port_is_replaced_at_the_next_start(start: Start, directory: Path) -> None:
    first = start("--servers-only")
    first.wait_until_up()
    first.send(signal.SIGINT)
    assert first.wait_for_end() == 0
    assert first.survivors() == []
    assert read_running_state(directory / "data") is None
    ui_port = json.loads((directory / "data" / "state.json").read_text())["ports"]["temporal_ui"]

    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", ui_port))
        other.listen()
        up = start("--servers-only")
        up.wait_until_up()

    state = read_running_state(directory / "data")
    assert state
    assert state.ui_url
    assert not state.ui_url.endswith(f":{ui_port}")
    assert f"Temporal UI            {state.ui_url}" in up.transcript


def test_kill_9_of_the_supervisor_takes_its_children_along_and_keeps_the_data(start: Start, directory: Path) -> None:
    data = directory / "data"
    first = start("--servers-only")
    first.wait_until_up()
    url = owner_url(data)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
    assert first.survivors()
    first.send(signal.SIGKILL)
    first.wait_for_end()
    eventually(lambda: not first.survivors(), "every child ended")

    start("--servers-only").wait_until_up()

    assert owner_url(data) == url
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_leftovers_on_file_are_ended_and_a_stranger_with_a_reused_pid_is_not(start: Start, directory: Path) -> None:
    data = directory / "data"
    data.mkdir(mode=0o711)
    left, stranger = (subprocess.Popen(["sleep", "300"]) for _ in range(2))
    born = psutil.Process(left.pid).create_time()
    record = {"program": "sleep", "stop_signal": signal.SIGTERM}
    records = [
        {"name": "left", "pid": left.pid, "created": born, **record},
        {"name": "stranger", "pid": stranger.pid, "created": born - 3600, **record},
    ]
    (data / "processes.json").write_text(json.dumps(records))
    try:
        up = start("--servers-only")
        up.wait_for("Ended what an earlier run had left: left.")
        up.wait_until_up()

        assert left.wait(10) == -signal.SIGKILL
        assert stranger.poll() is None
    finally:
        for process in (left, stranger):
            process.kill()
            process.wait()


def test_ctrl_c_while_starting_ends_what_had_started(start: Start, directory: Path) -> None:
    up = start("--servers-only")
    up.wait_for("PostgreSQL")
    family = psutil.Process(up.process.pid).children(recursive=True)

    up.send(signal.SIGINT)

    assert up.wait_for_end() == 0
    eventually(lambda: not [child for child in family if lives(child)], "all ended")
    assert "Stopped" in up.transcript


def test_reset_asks_first_and_starts_afresh_with_yes(start: Start, directory: Path) -> None:
    data = DataDirectory(directory / "data")
    data.create()
    secrets = data.secrets()
    upload = data.objects / "upload"
    upload.write_text("bytes")

    assert start("--servers-only", "--reset").wait_for_end() == 1
    assert upload.exists()
    assert data.secrets() == secrets

    start("--servers-only", "--reset", "--yes").wait_until_up()
    assert not upload.exists()
    assert data.secrets() != secrets


def test_a_folder_with_other_things_in_it_never_becomes_a_data_directory(start: Start, directory: Path) -> None:
    (directory / "data").mkdir()
    (directory / "data" / "thesis.txt").write_text("years of work")

    up = start("--servers-only", "--reset", "--yes")

    assert up.wait_for_end() == 1
    assert "thesis.txt" in up.transcript
    assert [path.name for path in (directory / "data").iterdir()] == ["thesis.txt"]


def test_external_servers_are_used_named_and_left_running(start: Start, directory: Path) -> None:
    postgres, temporal, store = new_postgres(directory), new_temporal(directory), new_object_store(directory)
    with ExitStack() as servers:
        for server in (postgres, temporal, store):
            servers.callback(server.stop)
            server.start()
        environment = {
            "DATABASE_URL": postgres.app_url.get_secret_value(),
            "DATABASE_OWNER_URL": postgres.owner_url.get_secret_value(),
            "TEMPORAL_ADDRESS": temporal.address,
            "S3_ENDPOINT": store.address,
            "S3_ACCESS_KEY": store.access_key,
            "S3_SECRET_KEY": store.secret_key.get_secret_value(),
        }
        up = start("--servers-only", environment=environment)
        up.wait_until_up()

        assert re.search(rf"PostgreSQL \(external\) +{re.escape(postgres.address)}", up.transcript)
        for line in ("Temporal (external)", store.address):
            assert line in up.transcript
        assert up.survivors() == []
        up.send(signal.SIGINT)
        assert up.wait_for_end() == 0
        assert all(server.is_running for server in (postgres, temporal, store))


def test_bad_settings_are_named_without_a_traceback(start: Start) -> None:
    up = start("--servers-only", environment={"TEMPORAL_ADDRESS": "http://temporal:7233"})

    assert up.wait_for_end() == 1
    assert "TEMPORAL_ADDRESS: must be host:port" in up.transcript
    assert "Traceback" not in up.transcript


def test_status_as_json_tells_programs_where_the_parts_are(running: tuple[UpProcess, Path], start: Start) -> None:
    status = start("--status", "--json", "--data-dir", str(running[1]))

    assert status.wait_for_end() == 0
    told = json.loads(status.transcript)
    assert told["running"]
    assert {part["name"]: part["state"] for part in told["parts"]}["PostgreSQL"] == "running"


def test_status_as_json_says_that_nothing_runs(start: Start) -> None:
    status = start("--status", "--json")

    assert status.wait_for_end() == 1
    assert json.loads(status.transcript)["running"] is False


def test_a_port_that_was_set_and_is_taken_ends_the_start_before_anything_runs(start: Start, taken_port: int) -> None:
    up = start("--servers-only", environment={"API_PORT": str(taken_port)})

    assert up.wait_for_end() == 1
    assert f"port {taken_port} (API_PORT) is taken by" in up.transcript
    assert "PostgreSQL" not in up.transcript


def test_a_data_directory_with_spaces_and_other_alphabets_works(start: Start, directory: Path) -> None:
    up = start("--servers-only", "--data-dir", str(directory / "mes données 数据"))
    up.wait_until_up()

    up.send(signal.SIGINT)
    assert up.wait_for_end() == 0


def test_a_port_that_is_taken_between_its_choice_and_its_use_is_exchanged(start: Start, directory: Path) -> None:
    state = directory / "data" / "state.json"
    up = start("--servers-only")
    eventually(state.exists, "the ports are chosen")
    with socket.socket() as other:
        # The object store is the last of the servers to start, a second after the choice.
        other.bind(("127.0.0.1", json.loads(state.read_text())["ports"]["object_store"]))
        other.listen()
        up.wait_until_up()

    assert "Another program took a port" in up.transcript
