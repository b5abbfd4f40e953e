"""An S3 server over a folder: ``rclone serve s3`` on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from pydantic import SecretStr
from urllib3.exceptions import HTTPError

from bootstrap.connections import ObjectStoreConnection
from bootstrap.embedded.processes import ManagedProcess, find_program
from bootstrap.errors import StartupError
from bootstrap.settings import server_environment

_ALREADY_THERE = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


class ObjectStoreServer(ManagedProcess):
    """S3 on 127.0.0.1:``port`` over ``directory``, with one key pair and the bucket made.

    The access key needs three characters or more. Objects survive ``kill -9``; their user metadata does not.
    """

    def __init__(
        self,
        directory: Path,
        port: int,
        access_key: SecretStr,
        secret_key: SecretStr,
        log: Path,
        bucket: str = "answerable",
    ) -> None:
        super().__init__("Object store", log)
        self.directory = directory.resolve()
        self.connection = ObjectStoreConnection(
            endpoint=f"127.0.0.1:{port}", access_key=access_key, secret_key=secret_key, bucket=bucket
        )

    @property
    def address(self) -> str:
        return self.connection.endpoint

    @property
    def access_key(self) -> str:
        return self.connection.access_key.get_secret_value()

    @property
    def secret_key(self) -> SecretStr:
        return self.connection.secret_key

    def command(self) -> list[str]:
        program = find_program(self.name, "rclone")
        # An empty --config keeps rclone from reading the user's own remotes.
        options = ["--addr", self.address, "--config", "", "--log-level", "NOTICE", "--no-cleanup"]
        return [program, "serve", "s3", *options, str(self.directory)]

    def environment(self) -> dict[str, str]:
        # rclone reads this variable as CSV, hence the quotes around the pair.
        pair = f'"{self.access_key},{self.secret_key.get_secret_value()}"'
        return server_environment(self.directory.parent, {"RCLONE_AUTH_KEY": pair})

    def prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        # An upload that was cut off by a kill leaves its temporary file for ever.
        for leftover in self.directory.rglob(".rclone_temp_*"):
            leftover.unlink(missing_ok=True)

    def is_ready(self) -> bool:
        return self.listens_on(int(self.address.rpartition(":")[2])) and answers(self.connection)

    def finish(self) -> None:
        ensure_bucket(self.connection)


def answers(connection: ObjectStoreConnection) -> bool:
    """Whether the store answers a signed request within two seconds. A refused key counts as an answer."""
    try:
        with _client(connection) as client:
            client.bucket_exists(connection.bucket)
    except S3Error:
        return True
    except (HTTPError, MinioException, OSError):
        return False
    return True


def ensure_bucket(connection: ObjectStoreConnection) -> None:
    """Make the bucket unless it exists. Raises StartupError when the store refuses."""
    try:
        with _client(connection) as client:
            if not client.bucket_exists(connection.bucket):
                client.make_bucket(connection.bucket, location=connection.region)
    except S3Error as error:
        if error.code not in _ALREADY_THERE:
            where = f"{connection.endpoint} refused bucket {connection.bucket!r}"
            raise StartupError(
                "Object store", f"{where}: {error.code}. Check S3_ACCESS_KEY and S3_SECRET_KEY."
            ) from error


@contextmanager
def _client(connection: ObjectStoreConnection) -> Iterator[Minio]:
    with urllib3.PoolManager(timeout=2.0, retries=False) as pool:
        yield Minio(
            connection.endpoint,
            access_key=connection.access_key.get_secret_value(),
            secret_key=connection.secret_key.get_secret_value(),
            secure=connection.secure,
            region=connection.region or "us-east-1",
            http_client=pool,
        )
