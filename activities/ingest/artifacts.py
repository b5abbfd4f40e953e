"""Intermediate results of an ingest, kept in the object store so that a later step, or a retry, can go on from them."""

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar
from uuid import UUID

from domain.base import Value
from domain.knowledge.errors import ArtifactMissingError
from domain.knowledge.passage import PassageSet
from domain.knowledge.passage_lines import passages_of, span_texts_of
from domain.knowledge.ports import ObjectStore

Content = TypeVar("Content", bound=Value)
Found = TypeVar("Found")
# What was stored a moment ago may not be found for another: rclone removes folders that a deletion has emptied, and
# looks past one that is filled again meanwhile. An upload must not be given up for that.
_PAUSES: Final = (0.05, 0.25, 1.2)


class ArtifactReference(Value):
    """Where an artifact lies and what it must be: histories hold these, never the content."""

    key: str
    sha256: str


def derived_key(tenant_id: UUID, version_id: UUID, name: str) -> str:
    return f"{tenant_id}/derived/{version_id}/{name}"


async def store_bytes(store: ObjectStore, key: str, content: bytes) -> ArtifactReference:
    await store.put(key, content)
    return reference_to(key, content)


def reference_to(key: str, content: bytes) -> ArtifactReference:
    """The reference to an object that holds ``content``."""
    return ArtifactReference(key=key, sha256=hashlib.sha256(content).hexdigest())


async def load_bytes(store: ObjectStore, reference: ArtifactReference) -> bytes:
    """Raises ArtifactMissingError if the object is gone or is not what was stored."""
    content = await _found(lambda: store.get(reference.key))
    if hashlib.sha256(content).hexdigest() != reference.sha256:
        raise _changed(reference)
    return content


async def load_file(store: ObjectStore, reference: ArtifactReference, path: Path) -> None:
    """Write an artifact to ``path``. Raises ArtifactMissingError if it is gone or is not what was stored."""
    await _found(lambda: store.get_file(reference.key, path))
    if await asyncio.to_thread(_sha256_of, path) != reference.sha256:
        raise _changed(reference)


async def stored_size(store: ObjectStore, key: str) -> int:
    """Bytes of an object. Raises ArtifactMissingError if it is gone."""

    async def size() -> int:
        found = await store.size(key)
        if found is None:
            raise ArtifactMissingError("A stored artifact is gone. Upload the document again.", key=key)
        return found

    return await _found(size)


async def _found(read: Callable[[], Awaitable[Found]]) -> Found:
    """What ``read`` brings. Raises ArtifactMissingError when that is not there after a second and a half either."""
    for pause in _PAUSES:
        try:
            return await read()
        except ArtifactMissingError:
            await asyncio.sleep(pause)
    return await read()


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _changed(reference: ArtifactReference) -> ArtifactMissingError:
    return ArtifactMissingError(
        "A stored artifact no longer has the content that was recorded. Upload the document again.",
        key=reference.key,
    )


def working_folder() -> TemporaryDirectory[str]:
    """A folder for copies of documents. By its name the next worker removes what a killed one left."""
    return TemporaryDirectory(prefix=f"answerable-parse-{os.getpid()}-")


async def store_file(store: ObjectStore, key: str, path: Path) -> ArtifactReference:
    """Store a file that another process wrote: its content never enters this one."""
    sha256 = await asyncio.to_thread(_sha256_of, path)
    await store.put_file(key, path, "application/json")
    return ArtifactReference(key=key, sha256=sha256)


async def load_passages(store: ObjectStore, reference: ArtifactReference) -> PassageSet:
    """The passages that chunking stored, read line by line in a thread, so that heartbeats go on meanwhile."""
    return await _read_lines(store, reference, passages_of)


async def load_span_texts(store: ObjectStore, reference: ArtifactReference) -> list[str]:
    """What is to be embedded of the passages that chunking stored."""
    return await _read_lines(store, reference, lambda lines: list(span_texts_of(lines)))


async def _read_lines(
    store: ObjectStore, reference: ArtifactReference, read: Callable[[Iterable[bytes]], Found]
) -> Found:
    def read_file(path: Path) -> Found:
        with path.open("rb") as lines:
            return read(lines)

    with working_folder() as folder:
        path = Path(folder, "passages")
        await load_file(store, reference, path)
        return await asyncio.to_thread(read_file, path)


async def store_value(store: ObjectStore, key: str, value: Value) -> ArtifactReference:
    return await store_bytes(store, key, value.model_dump_json().encode())


async def load_value(store: ObjectStore, reference: ArtifactReference, kind: type[Content]) -> Content:
    return kind.model_validate_json(await load_bytes(store, reference))
