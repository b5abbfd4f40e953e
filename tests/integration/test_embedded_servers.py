"""The embedded servers on their own: they start, survive kill -9 with their data, and say why they cannot."""

import os
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import psutil
import psycopg
import pytest
import urllib3
from minio import Minio
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from bootstrap.connections import TemporalConnection
from bootstrap.embedded.external_servers import wait_for_temporal
from bootstrap.embedded.object_store import ObjectStoreServer
from bootstrap.embedded.ports import choose_port
from bootstrap.embedded.postgres import PostgresServer, generate_passwords
from bootstrap.embedded.process_registry import ProcessRegistry
from bootstrap.embedded.processes import ManagedProcess
from bootstrap.embedded.supervisor import StopFlag, Supervisor
from bootstrap.embedded.temporal import TemporalServer
from bootstrap.errors import StartupError, StopRequested
from bootstrap.temporal_setup import SEARCH_ATTRIBUTES, prepare_namespace
from tests.fixtures.servers import new_object_store, new_postgres, open_directory


@pytest.fixture
def directory() -> Iterator[Path]:
    with open_directory() as path:
        yield path


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def kill_hard(server: ManagedProcess) -> None:
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(server.pid)] if server.is_running else [], timeout=10)


@pytest.fixture
def minio(object_store_server: ObjectStoreServer) -> Iterator[Minio]:
    server = object_store_server
    with urllib3.PoolManager() as pool:
        yield Minio(
            server.address, server.access_key, server.secret_key.get_secret_value(), secure=False, http_client=pool
        )


def test_postgres_keeps_committed_rows_over_kill_9_on_the_same_port(postgres_server: PostgresServer) -> None:
    address = postgres_server.address
    with psycopg.connect(postgres_server.owner_url.get_secret_value()) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('here')")

    kill_hard(postgres_server)
    postgres_server.restart()

    assert postgres_server.address == address
    with psycopg.connect(postgres_server.owner_url.get_secret_value()) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("here",)]
        connection.execute("DROP TABLE kept")


def test_no_role_but_the_superuser_can_bypass_row_level_security_or_make_roles(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.app_url.get_secret_value()) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
            " FROM pg_roles WHERE rolname LIKE 'answerable%' ORDER BY 1"
        ).fetchall()
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'answerable'"
        ).fetchone()

    assert rows == [("answerable_app", False), ("answerable_owner", False)]
    assert owner == ("answerable_owner",)


def test_the_app_role_can_create_nothing(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.app_url.get_secret_value()) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (word text)")
        connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE SCHEMA mine")


def test_the_owner_finds_vector_installed(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.owner_url.get_secret_value()) as connection:
        distance = connection.execute("SELECT '[1,0]'::vector <=> '[1,0]'::vector").fetchone()

    assert distance == (0.0,)


def test_postgres_refuses_a_wrong_password(postgres_server: PostgresServer) -> None:
    right = postgres_server.passwords.app.get_secret_value()
    wrong = postgres_server.app_url.get_secret_value().replace(right, "wrong")

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(wrong)


def test_postgres_listens_on_loopback_only(postgres_server: PostgresServer) -> None:
    assert postgres_server.pid is not None
    listening = {c.laddr.ip for c in psutil.Process(postgres_server.pid).net_connections() if c.status == "LISTEN"}

    assert listening == {"127.0.0.1"}


def test_postgres_is_not_held_up_by_a_pid_file_whose_number_another_program_has_now(directory: Path) -> None:
    server = new_postgres(directory)
    server.start()
    try:
        server.kill()
        pid_file = server.cluster / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")

        server.start()

        assert server.is_running
    finally:
        server.stop()


def test_postgres_ends_a_server_that_an_earlier_process_left_on_its_folder(directory: Path) -> None:
    first = new_postgres(directory)
    first.start()
    assert first.pid is not None
    left = psutil.Process(first.pid)
    first.release_lock()
    second = PostgresServer(first.directory, choose_port(None), first.passwords, directory / "second.log")
    try:
        second.start()

        assert second.is_running
        assert not first.is_running
        assert not left.is_running() or left.status() == psutil.STATUS_ZOMBIE
    finally:
        second.stop()
        first.stop()


def test_two_postgres_servers_never_share_a_folder(postgres_server: PostgresServer, directory: Path) -> None:
    passwords = postgres_server.passwords
    second = PostgresServer(postgres_server.directory, choose_port(None), passwords, directory / "second.log")

    with pytest.raises(StartupError, match="another Answerable is using"):
        second.start()
    assert postgres_server.is_running


def test_lost_passwords_are_named_with_the_remedy(directory: Path) -> None:
    first = new_postgres(directory)
    first.start()
    first.stop()
    second = PostgresServer(first.directory, first.port, generate_passwords(), first.log)

    with pytest.raises(StartupError, match=r"secrets\.json"):
        second.start()
    assert not second.is_running


def test_a_failed_start_names_part_cause_and_log(directory: Path, taken_port: int) -> None:
    server = PostgresServer(directory / "postgres", taken_port, generate_passwords(), directory / "postgres.log")

    with pytest.raises(StartupError) as failure:
        server.start()

    assert failure.value.part == "PostgreSQL"
    assert "Address already in use" in failure.value.cause
    assert failure.value.log == directory / "postgres.log"
    assert not server.is_running
    server.stop()


def test_a_damaged_cluster_is_reported_with_the_last_log_lines(directory: Path) -> None:
    server = new_postgres(directory)
    server.start()
    server.stop()
    (server.cluster / "global" / "pg_control").unlink()

    with pytest.raises(StartupError, match="pg_control"):
        server.start()
    server.stop()


async def test_temporal_keeps_its_set_up_over_kill_9_on_the_same_port(temporal_server: TemporalServer) -> None:
    address = temporal_server.address

    kill_hard(temporal_server)
    temporal_server.restart()

    assert temporal_server.address == address
    client = await Client.connect(address)
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
    assert described.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=90)
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    assert set(SEARCH_ATTRIBUTES) <= set(listed.custom_attributes)


async def test_preparing_a_namespace_again_warns_of_nothing(
    temporal_server: TemporalServer,
) -> None:
    assert await prepare_namespace(temporal_server.connection) == []
    assert await prepare_namespace(temporal_server.connection) == []


async def test_a_refused_set_up_becomes_warnings_with_the_command_to_run(
    temporal_server: TemporalServer,
) -> None:
    nobodys = TemporalConnection(address=temporal_server.address, namespace="nobodys")

    warnings = await prepare_namespace(nobodys)

    assert len(warnings) == 2
    assert "temporal operator search-attribute create --namespace nobodys --name TenantId" in warnings[0]
    assert "temporal operator namespace update --namespace nobodys --retention 2160h" in warnings[1]


async def test_an_external_temporal_that_never_answers_is_named(taken_port: int) -> None:
    nobody = TemporalConnection(address=f"127.0.0.1:{choose_port(None, avoid=[taken_port])}")

    with pytest.raises(StartupError, match="TEMPORAL_ADDRESS"):
        await wait_for_temporal(nobody, timeout_seconds=0.1)


def test_the_object_store_keeps_objects_over_kill_9_on_the_same_port(
    object_store_server: ObjectStoreServer, minio: Minio
) -> None:
    minio.put_object("answerable", "tenant/sha/source", BytesIO(b"bytes"), 5)

    kill_hard(object_store_server)
    object_store_server.restart()

    with minio.get_object("answerable", "tenant/sha/source") as stored:
        assert stored.read() == b"bytes"


def test_uploads_that_a_kill_cut_off_are_swept_at_the_next_start(object_store_server: ObjectStoreServer) -> None:
    cut_off = object_store_server.directory / "answerable" / "tenant" / ".rclone_temp_put_1234"
    cut_off.parent.mkdir(exist_ok=True)
    cut_off.write_bytes(b"half")

    object_store_server.restart()

    assert not cut_off.exists()


@pytest.mark.parametrize("name", ["postgres_server", "temporal_server", "object_store_server"])
def test_no_secret_is_on_a_command_line(name: str, request: pytest.FixtureRequest) -> None:
    server: ManagedProcess = request.getfixturevalue(name)
    store: ObjectStoreServer = request.getfixturevalue("object_store_server")
    postgres: PostgresServer = request.getfixturevalue("postgres_server")
    secrets = [store.secret_key, *vars(postgres.passwords).values()]

    line = " ".join(psutil.Process(server.pid).cmdline())

    assert not [secret for secret in secrets if secret.get_secret_value() in line]


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
