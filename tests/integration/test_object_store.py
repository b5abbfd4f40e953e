"""The object store adapter against a real S3 server."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest

from adapters.object_store import MinioObjectStore
from bootstrap.embedded.object_store import ObjectStoreServer
from domain.errors import InvalidRequestError, ObjectStoreUnavailableError
from domain.knowledge.errors import ArtifactMissingError
from tests.fixtures.servers import new_object_store

KEY = "0b5e/1f2d/source"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStoreServer]:
    """A server of this module's own, because its tests kill it."""
    server = new_object_store(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.stop()


def store_on(server: ObjectStoreServer, **changed: str) -> MinioObjectStore:
    return MinioObjectStore(
        endpoint=server.address,
        access_key=changed.get("access_key", server.access_key),
        secret_key=changed.get("secret_key", server.secret_key.get_secret_value()),
        bucket=changed.get("bucket", "answerable"),
    )


@pytest.fixture
async def store(server: ObjectStoreServer) -> AsyncIterator[MinioObjectStore]:
    store = store_on(server)
    await store.ensure_bucket()
    yield store
    store.close()


def kill_hard(server: ObjectStoreServer) -> None:
    assert server.pid is not None
    process = psutil.Process(server.pid)
    children = process.children(recursive=True)
    os.kill(server.pid, signal.SIGKILL)
    psutil.wait_procs([process, *children], timeout=10)


async def test_bytes_come_back_as_they_were_put(store: MinioObjectStore) -> None:
    content = bytes(range(256)) * 300
    await store.put(KEY, content)
    assert await store.get(KEY) == content
    assert await store.size(KEY) == len(content)


async def test_an_empty_object_is_an_object(store: MinioObjectStore) -> None:
    await store.put("t/empty/source", b"")
    assert await store.get("t/empty/source") == b""
    assert await store.size("t/empty/source") == 0


async def test_a_second_put_replaces_the_first(store: MinioObjectStore) -> None:
    await store.put("t/twice/source", b"first")
    await store.put("t/twice/source", b"second")
    assert await store.get("t/twice/source") == b"second"


async def test_a_file_is_stored_whole_even_in_several_parts(store: MinioObjectStore, tmp_path: Path) -> None:
    path = tmp_path / "large.md"
    path.write_bytes(os.urandom(1024 * 1024) * 20)
    await store.put_file("t/large/source", path, "text/markdown")
    assert await store.size("t/large/source") == path.stat().st_size
    assert await store.get("t/large/source") == path.read_bytes()


async def test_what_is_not_there_is_missing_and_has_no_size(store: MinioObjectStore) -> None:
    assert await store.size("t/none/source") is None
    with pytest.raises(ArtifactMissingError):
        await store.get("t/none/source")


async def test_listing_gives_the_keys_below_a_prefix_in_order(store: MinioObjectStore) -> None:
    for name in ("b", "a", "c/d"):
        await store.put(f"listed/{name}", b"x")
    await store.put("listed-not/a", b"x")
    assert [key async for key in store.list("listed/")] == ["listed/a", "listed/b", "listed/c/d"]
    assert [key async for key in store.list("nothing/here/")] == []


async def test_deleting_removes_what_is_there_and_does_not_mind_what_is_not(store: MinioObjectStore) -> None:
    await store.put("deleted/a", b"x")
    await store.delete(["deleted/a", "deleted/never-was"])
    await store.delete([])
    assert await store.size("deleted/a") is None


def test_an_address_names_bucket_and_key(server: ObjectStoreServer) -> None:
    store = store_on(server)
    assert store.uri(KEY) == f"s3://answerable/{KEY}"
    store.close()


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "a/../b", "./a", "a\nb", "a\\b", "a\x00b", "ä" * 600])
async def test_keys_that_some_store_cannot_hold_are_refused(store: MinioObjectStore, key: str) -> None:
    with pytest.raises(InvalidRequestError):
        await store.put(key, b"x")


async def test_ensuring_a_bucket_twice_or_at_once_is_fine(server: ObjectStoreServer) -> None:
    stores = [store_on(server, bucket="made-by-many") for _ in range(4)]
    await asyncio.gather(*(store.ensure_bucket() for store in stores))
    for store in stores:
        await store.ping()
        store.close()


async def test_a_ping_without_the_bucket_says_what_to_do(server: ObjectStoreServer) -> None:
    store = store_on(server, bucket="never-made")
    with pytest.raises(ObjectStoreUnavailableError, match="S3_BUCKET"):
        await store.ping()
    store.close()


@pytest.mark.parametrize("changed", [{"secret_key": "wrong-secret"}, {"access_key": "stranger"}])
async def test_wrong_credentials_are_unavailable_and_not_missing(
    server: ObjectStoreServer, changed: dict[str, str]
) -> None:
    store = store_on(server, **changed)
    for attempt in (store.ping(), store.get(KEY), store.size(KEY), store.put(KEY, b"x"), store.delete([KEY])):
        with pytest.raises(ObjectStoreUnavailableError):
            await attempt
    store.close()


async def test_a_killed_server_is_unavailable_until_it_is_back_with_every_object(
    server: ObjectStoreServer, store: MinioObjectStore
) -> None:
    await store.put("t/survivor/source", b"still here")
    kill_hard(server)
    for attempt in (store.ping(), store.get("t/survivor/source"), store.put(KEY, b"x")):
        with pytest.raises(ObjectStoreUnavailableError):
            await attempt
    server.start()
    await store.ping()
    assert await store.get("t/survivor/source") == b"still here"


async def test_a_server_that_dies_between_two_requests_costs_at_most_one_failure(
    server: ObjectStoreServer, store: MinioObjectStore
) -> None:
    """The pool still holds connections to the dead server; they must not poison later calls."""
    await asyncio.gather(*(store.put(f"pooled/{number}", b"x") for number in range(8)))
    kill_hard(server)
    server.start()
    outcomes = await asyncio.gather(*(store.get(f"pooled/{number}") for number in range(8)), return_exceptions=True)
    assert all(outcome == b"x" or isinstance(outcome, ObjectStoreUnavailableError) for outcome in outcomes)
    assert [await store.get(f"pooled/{number}") for number in range(8)] == [b"x"] * 8


async def test_a_server_that_never_answers_does_not_block_the_event_loop() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        store = MinioObjectStore(f"127.0.0.1:{silent.getsockname()[1]}", "access", "secret-key", "answerable")
        waiting = asyncio.create_task(store.ping())
        connection, _ = await asyncio.get_running_loop().run_in_executor(None, silent.accept)
        assert not waiting.done()
        connection.close()
    with pytest.raises(ObjectStoreUnavailableError):
        await waiting
    store.close()
