"""Small rules of the embedded servers that need no server to check."""

import os
import socket
from pathlib import Path

import psutil
import pytest
from temporalio.common import SearchAttributeIndexedValueType, SearchAttributeKey

from bootstrap.embedded.data_directory import DataDirectory
from bootstrap.embedded.free_ports import choose_port, is_free
from bootstrap.embedded.postgres_memory import buffer_megabytes
from bootstrap.embedded.state import RunningSystem, clear_running, read_running_state, store_ports, store_running
from bootstrap.embedded.supervisor import backoff_seconds
from bootstrap.errors import StartupError, SystemRunningError
from domain.audit.search_attributes import SEARCH_ATTRIBUTES
from workflows import search_attributes


def running(pid: int, created: float) -> RunningSystem:
    return RunningSystem(
        api_url="http://127.0.0.1:8080",
        temporal_address="127.0.0.1:7233",
        namespace="default",
        ui_url=None,
        pid=pid,
        pid_created=created,
    )


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    directory = DataDirectory(tmp_path / "data")
    directory.create()
    return directory


def test_the_first_restart_is_immediate_and_later_ones_wait_longer_up_to_half_a_minute() -> None:
    assert [backoff_seconds(deaths) for deaths in range(1, 10)] == [0, 0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        chosen = choose_port(taken)

        assert chosen != taken
        assert is_free(chosen)


def test_a_free_port_is_kept_unless_it_is_to_be_avoided() -> None:
    port = choose_port(None)

    assert choose_port(port) == port
    assert choose_port(port, avoid=[port]) != port


def test_ports_are_not_of_those_that_outgoing_connections_take() -> None:
    assert all(choose_port(None) < 30_000 for _ in range(20))


def test_a_data_directory_has_one_owner_at_a_time(data: DataDirectory) -> None:
    data.lock()
    second = DataDirectory(data.path)

    with pytest.raises(SystemRunningError):
        second.lock()
    data.unlock()
    second.lock()
    second.unlock()


def test_credentials_are_made_once(data: DataDirectory) -> None:
    assert DataDirectory(data.path).stored_secrets() is None
    first = data.secrets()

    assert DataDirectory(data.path).secrets() == first
    assert first.postgres_app.get_secret_value() in (data.path / "secrets.json").read_text()


def test_damaged_credentials_are_reported_and_not_replaced(data: DataDirectory) -> None:
    (data.path / "secrets.json").write_text("{")

    with pytest.raises(StartupError, match="restore it"):
        data.secrets()
    assert (data.path / "secrets.json").read_text() == "{"


def test_erasing_leaves_what_is_not_ours(data: DataDirectory) -> None:
    data.secrets()
    (data.path / "notes.txt").write_text("mine")

    data.erase()

    assert [path.name for path in data.path.iterdir()] == ["notes.txt"]


def test_a_running_system_is_found_by_its_supervisor(data: DataDirectory) -> None:
    own = psutil.Process(os.getpid())
    store_running(data, running(own.pid, own.create_time()))

    found = read_running_state(data.path)

    assert found
    assert found.api_url == "http://127.0.0.1:8080"


def test_a_state_whose_pid_now_belongs_to_another_program_counts_as_not_running(data: DataDirectory) -> None:
    own = psutil.Process(os.getpid())
    store_running(data, running(own.pid, own.create_time() - 3600))

    assert read_running_state(data.path) is None


def test_ports_are_remembered_when_the_system_stops(data: DataDirectory) -> None:
    own = psutil.Process(os.getpid())
    store_ports(data, {"api": 8080})
    store_running(data, running(own.pid, own.create_time()))

    clear_running(data)

    assert read_running_state(data.path) is None
    assert '"api": 8080' in data.state.read_text()


def test_workflows_set_the_registered_search_attributes_with_their_types() -> None:
    types = {
        SearchAttributeIndexedValueType.KEYWORD: "Keyword",
        SearchAttributeIndexedValueType.KEYWORD_LIST: "KeywordList",
    }
    keys = [value for value in vars(search_attributes).values() if isinstance(value, SearchAttributeKey)]

    assert {key.name: types[key.indexed_value_type] for key in keys} == dict(SEARCH_ATTRIBUTES)


@pytest.mark.parametrize(("memory_gigabytes", "buffers"), [(0.5, 128), (4, 512), (64, 1024)])
def test_the_database_gets_an_eighth_of_the_memory_within_bounds(memory_gigabytes: float, buffers: int) -> None:
    assert buffer_megabytes(int(memory_gigabytes * 1024**3)) == buffers
