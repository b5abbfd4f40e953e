"""The embedded PostgreSQL: durable, closed, and explicit when it cannot start."""

import os
from pathlib import Path

import psutil
import psycopg
import pytest

from bootstrap.embedded.free_ports import choose_port
from bootstrap.embedded.postgres import PostgresServer, generate_passwords
from bootstrap.errors import StartupError
from tests.fixtures.processes import kill_hard
from tests.fixtures.servers import new_postgres


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
            # The deployment page's backup role is made by the test of that page, and may pass by the policies.
            " FROM pg_roles WHERE rolname LIKE 'answerable%' AND rolname <> 'answerable_backup' ORDER BY 1"
        ).fetchall()
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'answerable'"
        ).fetchone()

    assert rows == [("answerable_app", False), ("answerable_owner", False), ("answerable_reader", False)]
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
