"""The key that `answerable up` signs starts with: made once, kept with the data, given to the API and the workers."""

from pathlib import Path

from pydantic import SecretStr

from bootstrap.embedded.application import PythonProcess
from bootstrap.embedded.data_directory import DataDirectory
from bootstrap.embedded.local_system import LocalSystem, assemble
from bootstrap.settings import Settings

OWN = "a key of one's own, set in the environment"


def assembled(folder: Path, settings: Settings | None = None) -> LocalSystem:
    data = DataDirectory(folder / "data")
    data.create()
    return assemble(settings or Settings(_env_file=None), data)


def keys_of(system: LocalSystem) -> set[str | None]:
    processes = [process for process in system.application if isinstance(process, PythonProcess)]
    assert len(processes) == len(system.application) >= 3
    return {process.environment().get("REQUEST_SIGNING_KEY") for process in processes}


def test_all_processes_get_the_one_key_that_the_data_directory_keeps(tmp_path: Path) -> None:
    (key,) = keys_of(assembled(tmp_path))
    assert key
    assert len(key) > 32
    assert keys_of(assembled(tmp_path)) == {key}
    assert (tmp_path / "data" / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_key_of_ones_own_is_used_instead(tmp_path: Path) -> None:
    system = assembled(tmp_path, Settings(_env_file=None, request_signing_key=SecretStr(OWN)))
    assert keys_of(system) == {OWN}


def test_no_embedded_server_is_told_the_key(tmp_path: Path) -> None:
    system = assembled(tmp_path)
    (key,) = keys_of(system)
    assert key
    for server in system.servers:
        assert key not in str(server.environment())
        assert key not in str(server.command())
