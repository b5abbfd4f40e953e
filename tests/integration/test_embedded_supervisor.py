"""What the supervisor does with children that die, work beside them, and a stop."""

import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from bootstrap.embedded.process_registry import ProcessRegistry
from bootstrap.embedded.supervisor import StopFlag, Supervisor
from bootstrap.errors import StartupError, StopRequested
from tests.fixtures.processes import kill_hard
from tests.fixtures.servers import new_object_store, new_postgres


def test_a_server_that_is_told_to_stop_twice_stays_stopped(directory: Path) -> None:
    server = new_postgres(directory)
    server.stop()
    server.start()
    server.stop()
    server.stop()

    assert not server.is_running
    assert stat.S_IMODE(server.cluster.stat().st_mode) == 0o700


def test_a_child_that_keeps_dying_is_tried_again_until_its_port_is_free(directory: Path) -> None:
    store = new_object_store(directory)
    reports: list[str] = []
    supervisor = Supervisor(ProcessRegistry(directory / "processes.json"), StopFlag(), reports.append)
    supervisor.start(store)

    def reported(text: str) -> Callable[[], bool]:
        return lambda: any(text in report for report in reports)

    try:
        kill_hard(store)
        host, port = store.address.split(":")
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind((host, int(port)))
            other.listen()
            supervisor.wait_until(reported("died again"), "the second death", 20)
            supervisor.wait_until(reported("restarting in 1 s"), "a longer pause", 20)
        supervisor.wait_until(reported("Object store is back"), "the return", 20)

        assert store.is_running
    finally:
        supervisor.stop_all()
    assert not store.is_running


def test_work_beside_the_children_hands_over_its_error(directory: Path) -> None:
    supervisor = Supervisor(ProcessRegistry(directory / "processes.json"), StopFlag(), lambda _: None)

    def fail() -> None:
        raise StartupError("A part", "it is a test")

    with pytest.raises(StartupError, match="it is a test"):
        supervisor.run_beside(fail)


def test_a_stop_that_is_asked_for_cuts_off_a_wait(directory: Path) -> None:
    supervisor = Supervisor(ProcessRegistry(directory / "processes.json"), StopFlag(requested=True), lambda _: None)

    with pytest.raises(StopRequested):
        supervisor.wait_until(lambda: False, "nothing", 20)
