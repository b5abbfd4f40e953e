"""The object store: MinIO, S3, or anything that speaks its protocol."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

import urllib3
from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError

from domain.errors import InvalidRequestError, ObjectStoreUnavailableError
from domain.knowledge.errors import ArtifactMissingError
from domain.knowledge.sweep import StoredObject

Result = TypeVar("Result")
_CONNECT_SECONDS: Final = 3.0
_READ_SECONDS: Final = 30.0
_CONNECTIONS: Final = 8
# The smallest that S3 takes. A part is held in memory while it is sent, and one at a time is sent of each object.
_PART_BYTES: Final = 5 * 1024 * 1024
_PIECE_BYTES: Final = 1024 * 1024
_KEYS_A_DELETE: Final = 1000
_MAX_KEY_BYTES: Final = 1024
_MISSING: Final = frozenset({"NoSuchKey", "NoSuchObject", "ResourceNotFound"})
_ALREADY_THERE: Final = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})


class _ForgivingPool(urllib3.PoolManager):
    """Lets the client read errors that come as text/xml, which rclone sends: it knows application/xml only."""

    def urlopen(  # type: ignore[override]
        self, method: str, url: str, redirect: bool = True, **options: Any
    ) -> urllib3.BaseHTTPResponse:
        response = super().urlopen(method, url, redirect, **options)
        if response.headers.get("content-type", "").startswith("text/xml"):
            response.headers["content-type"] = "application/xml"
        return response


class MinioObjectStore:
    """One bucket. The client's own retries are off: callers know better what may be done again, and when.

    Every method raises ObjectStoreUnavailableError when the store does not answer or refuses, and InvalidRequestError
    for a key that not every store can hold.
    """

    def __init__(
        self,
        endpoint: str,
        access_key: str,
        secret_key: str,
        bucket: str,
        secure: bool = False,
        region: str | None = None,
    ) -> None:
        self._bucket = bucket
        self._pool = _ForgivingPool(
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
            maxsize=_CONNECTIONS,
            retries=False,
        )
        self._client = Minio(
            endpoint,
            access_key=access_key,
            secret_key=secret_key,
            secure=secure,
            # Without a region the client would first ask the server for one.
            region=region or "us-east-1",
            http_client=self._pool,
        )
        self._threads = ThreadPoolExecutor(max_workers=_CONNECTIONS, thread_name_prefix="object-store")

    async def ensure_bucket(self) -> None:
        """Create the bucket unless it is there."""
        await self._run(self._ensure_bucket)

    async def ping(self) -> None:
        """Ask for the bucket. Raises ObjectStoreUnavailableError when the store or the bucket does not answer."""
        if not await self._run(partial(self._client.bucket_exists, self._bucket)):
            raise ObjectStoreUnavailableError(
                f"The bucket '{self._bucket}' does not exist. Create it, or set S3_BUCKET to one that does."
            )

    async def put_file(self, key: str, path: Path, media_type: str) -> None:
        await self._run(
            partial(
                self._client.fput_object,
                self._bucket,
                _checked(key),
                str(path),
                content_type=media_type,
                part_size=_PART_BYTES,
                num_parallel_uploads=1,
            )
        )

    async def put(self, key: str, content: bytes) -> None:
        await self._run(
            partial(
                self._client.put_object,
                self._bucket,
                _checked(key),
                io.BytesIO(content),
                len(content),
                part_size=_PART_BYTES,
                num_parallel_uploads=1,
            )
        )

    async def get(self, key: str) -> bytes:
        """Raises ArtifactMissingError when there is no such object."""
        return await self._run(partial(self._get, _checked(key)))

    async def get_file(self, key: str, path: Path) -> None:
        """Write the object to ``path``. Raises ArtifactMissingError when there is no such object."""
        await self._run(partial(self._get_file, _checked(key), path))

    async def size(self, key: str) -> int | None:
        """Bytes of the object; None when there is none."""
        try:
            found = await self._run(partial(self._client.stat_object, self._bucket, _checked(key)))
        except ArtifactMissingError:
            return None
        return found.size

    async def delete(self, keys: Sequence[str]) -> None:
        """Delete the objects; those that do not exist are no error."""
        checked = [_checked(key) for key in keys]
        for start in range(0, len(checked), _KEYS_A_DELETE):
            await self._run(partial(self._delete, checked[start : start + _KEYS_A_DELETE]))

    async def list(self, prefix: str) -> AsyncIterator[str]:
        """The keys that begin with ``prefix``, in order, as they are when listing begins."""
        for key in await self._run(partial(self._list, prefix)):
            yield key

    async def page(self, prefix: str, after: str | None, limit: int) -> tuple[StoredObject, ...]:
        """At most ``limit`` objects behind ``after``, in order of their keys; up to 1,000 cost one request."""
        return await self._run(partial(self._page, prefix, after, limit))

    def uri(self, key: str) -> str:
        return f"s3://{self._bucket}/{_checked(key)}"

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._pool.clear()

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(_translated, work))

    def _ensure_bucket(self) -> None:
        if self._client.bucket_exists(self._bucket):
            return
        try:
            self._client.make_bucket(self._bucket)
        except S3Error as error:
            # Another process was faster.
            if error.code not in _ALREADY_THERE:
                raise

    def _get(self, key: str) -> bytes:
        response = self._client.get_object(self._bucket, key)
        try:
            return response.read()
        finally:
            response.close()
            response.release_conn()

    def _get_file(self, key: str, path: Path) -> None:
        response = self._client.get_object(self._bucket, key)
        try:
            with path.open("wb") as file:
                for piece in response.stream(_PIECE_BYTES):
                    file.write(piece)
        finally:
            response.close()
            response.release_conn()

    def _delete(self, keys: Sequence[str]) -> None:
        for failure in self._client.remove_objects(self._bucket, (DeleteObject(key) for key in keys)):
            if failure.code not in _MISSING:
                raise _unavailable(failure.code)

    def _list(self, prefix: str) -> tuple[str, ...]:
        found = self._client.list_objects(self._bucket, prefix=prefix, recursive=True)
        return tuple(entry.object_name for entry in found if entry.object_name is not None)

    def _page(self, prefix: str, after: str | None, limit: int) -> tuple[StoredObject, ...]:
        found = self._client.list_objects(self._bucket, prefix=prefix, recursive=True, start_after=after)
        return tuple(
            StoredObject(entry.object_name, entry.last_modified)
            for entry in islice(found, limit)
            if entry.object_name is not None and entry.last_modified is not None
        )


def _translated(work: Callable[[], Result]) -> Result:
    with _translating_failures():
        return work()


@contextmanager
def _translating_failures() -> Iterator[None]:
    """The one place that knows what the client's failures mean."""
    try:
        yield
    except S3Error as error:
        if error.code in _MISSING:
            raise ArtifactMissingError(
                "A stored artifact is gone. Upload the document again.", key=error.object_name
            ) from error
        raise _unavailable(error.code) from error
    except ServerError as error:
        raise _unavailable(f"HTTP {error.status_code}") from error
    except (InvalidResponseError, MinioException, urllib3.exceptions.HTTPError) as error:
        raise _unavailable(type(error).__name__) from error


def _unavailable(cause: str | None) -> ObjectStoreUnavailableError:
    return ObjectStoreUnavailableError(
        "The object store did not do what it was asked. Check that it runs, and S3_ENDPOINT, S3_ACCESS_KEY, "
        "S3_SECRET_KEY and S3_BUCKET.",
        cause=cause,
    )


def _checked(key: str) -> str:
    """Refuse keys that a store on a file system cannot hold, or would read as another key."""
    parts = key.split("/")
    plain = all(part not in ("", ".", "..") for part in parts) and key.isprintable() and "\\" not in key
    if not plain or len(key.encode()) > _MAX_KEY_BYTES:
        raise InvalidRequestError(f"'{key[:80]}' cannot be the key of an object.")
    return key
