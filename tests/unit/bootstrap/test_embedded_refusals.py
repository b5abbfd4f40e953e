"""What is said before anything is started, when a start cannot go well."""

import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from bootstrap.embedded.data_directory import DataDirectory
from bootstrap.embedded.disk_space import check_space, full_disk
from bootstrap.embedded.free_ports import check_host, why_not_free
from bootstrap.embedded.local_system import assemble
from bootstrap.embedded.state import read_running_state, remembered_ports
from bootstrap.errors import ConfigurationError, StartupError, SystemRunningError
from bootstrap.settings import load_settings


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    directory = DataDirectory(tmp_path / "data")
    directory.create()
    return directory


@pytest.fixture
def listener() -> Iterator[SimpleNamespace]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield SimpleNamespace(port=other.getsockname()[1])


def test_an_api_port_that_somebody_has_set_is_taken_or_refused_never_exchanged(
    data: DataDirectory, listener: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_PORT", str(listener.port))

    with pytest.raises(
        StartupError, match=rf"port {listener.port} \(API_PORT\) is taken by .*; free it or set another"
    ):
        assemble(load_settings(None), data)


def test_the_program_that_holds_a_port_is_named(listener: SimpleNamespace) -> None:
    assert "(process " in why_not_free(listener.port, "127.0.0.1")


def test_a_host_that_is_not_of_this_machine_is_named_with_its_setting() -> None:
    with pytest.raises(StartupError, match="API_HOST"):
        check_host("192.0.2.1")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"ports": "x"}', '{"ports": {"api": "8080", "postgres": 0}}'])
def test_a_damaged_state_file_costs_the_remembered_ports_and_nothing_else(data: DataDirectory, content: str) -> None:
    data.state.write_text(content)

    assert remembered_ports(data) == {}
    assert read_running_state(data.path) is None


def test_lost_credentials_of_an_existing_database_are_not_replaced(data: DataDirectory) -> None:
    (data.postgres / "cluster").mkdir(parents=True)

    with pytest.raises(StartupError, match=r"secrets\.json is gone.*restore it"):
        data.secrets()
    assert not (data.path / "secrets.json").exists()


def test_a_credential_that_an_older_release_did_not_have_is_made_once(data: DataDirectory) -> None:
    (data.path / "secrets.json").write_text('{"instance_id": "abc"}')

    first = data.secrets()

    assert first.instance_id == "abc"
    assert data.secrets() == first


def test_a_second_owner_is_told_how_to_see_the_first(data: DataDirectory) -> None:
    data.lock()
    try:
        with pytest.raises(SystemRunningError, match=r"`answerable up --status --data-dir .*` shows it"):
            DataDirectory(data.path).lock()
    finally:
        data.unlock()


def test_a_file_in_the_place_of_the_data_directory_is_named_with_the_option(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StartupError, match=r"file cannot be used \(Not a directory\); choose another with --data-dir"):
        DataDirectory(tmp_path / "file").create()


def test_a_disk_with_room_is_no_cause_of_anything(tmp_path: Path) -> None:
    check_space(tmp_path / "not" / "yet")
    assert full_disk(tmp_path) is None


def test_an_env_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"API_PORT\xff\xfe=1")

    with pytest.raises(ConfigurationError, match=r"\.env is not readable as text"):
        load_settings(tmp_path / ".env")
