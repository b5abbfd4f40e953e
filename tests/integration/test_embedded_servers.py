"""The embedded servers on their own: they start, survive kill -9 with their data, and say why they cannot."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import psutil
import pytest
import urllib3
from minio import Minio
from pydantic import SecretStr
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from bootstrap.connections import TemporalConnection
from bootstrap.embedded.external_servers import wait_for_temporal
from bootstrap.embedded.free_ports import choose_port
from bootstrap.embedded.object_store import ObjectStoreServer
from bootstrap.embedded.postgres import PostgresServer
from bootstrap.embedded.processes import ManagedProcess
from bootstrap.embedded.temporal import TemporalServer
from bootstrap.errors import StartupError
from bootstrap.temporal_setup import prepare_namespace
from domain.audit.search_attributes import SEARCH_ATTRIBUTES
from tests.fixtures.processes import eventually, kill_hard
from tests.fixtures.servers import new_temporal


@pytest.fixture
def minio(object_store_server: ObjectStoreServer) -> Iterator[Minio]:
    server = object_store_server
    with urllib3.PoolManager() as pool:
        yield Minio(
            server.address, server.access_key, server.secret_key.get_secret_value(), secure=False, http_client=pool
        )


def tables(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


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


def test_temporal_starts_afresh_when_its_very_first_start_was_cut_off(directory: Path) -> None:
    server = new_temporal(directory)
    server.launch()
    eventually(server.database.exists, "it makes its tables", every=0.002)
    server.kill()
    made = tables(server.database)

    server.start()
    server.stop()

    assert made < tables(server.database)


def test_a_damaged_database_of_temporal_is_left_for_a_person_to_look_at(directory: Path) -> None:
    server = new_temporal(directory)
    server.database.write_bytes(b"histories, once" * 1000)

    with pytest.raises(StartupError, match="is damaged, restore it"):
        server.start()

    assert server.database.read_bytes() == b"histories, once" * 1000


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


def test_a_strangers_server_on_the_same_port_is_not_taken_for_ours(object_store_server: ObjectStoreServer) -> None:
    port = int(object_store_server.address.rpartition(":")[2])
    key, secret = SecretStr("another-key"), SecretStr("another-secret")
    ours = ObjectStoreServer(
        object_store_server.directory.parent / "ours", port, key, secret, object_store_server.log.with_name("ours.log")
    )

    with pytest.raises(StartupError, match="address already in use"):
        ours.start()
