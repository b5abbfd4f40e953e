"""Where the database goes when the data directory is closed to the user who runs it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bootstrap.embedded.data_directory import DataDirectory
from bootstrap.embedded.postgres_binaries import SYSTEM_DIRECTORY, make_system_directory
from bootstrap.embedded.unprivileged import can_reach, choose_user
from bootstrap.errors import StartupError


@dataclass(frozen=True)
class PostgresPlacement:
    """``notice`` is one line for the user when the place is not the data directory."""

    directory: Path
    notice: str | None = None


def place_postgres(data: DataDirectory, instance_id: str) -> PostgresPlacement:
    """The folder for Postgres: in the data directory, or in SYSTEM_DIRECTORY when Postgres's user cannot get there.

    The permissions of the user's folders are never changed. Once there is a database, it stays where it is.
    Raises StartupError when an existing database has become unreachable.
    """
    outside = SYSTEM_DIRECTORY / instance_id
    user = choose_user(data.postgres / "cluster")
    if user is None:
        return PostgresPlacement(data.postgres)
    reachable = can_reach(user, [data.path], os.X_OK)
    if (data.postgres / "cluster").exists():
        if not reachable:
            cause = f"its data in {data.postgres} is in a folder that user {user!r} cannot enter; move the data"
            raise StartupError("PostgreSQL", f"{cause} directory, or let others pass through that folder (chmod o+x)")
        return PostgresPlacement(data.postgres)
    if reachable and not outside.exists():
        return PostgresPlacement(data.postgres)
    _make_outside(outside)
    notice = f"PostgreSQL cannot run as root and user {user!r} cannot enter {data.path}: its data is in {outside}"
    return PostgresPlacement(outside, notice)


def erase_outside(instance_id: str) -> None:
    """Delete the folder that ``place_postgres`` made in SYSTEM_DIRECTORY, if there is one."""
    outside = SYSTEM_DIRECTORY / instance_id
    if outside.exists():
        shutil.rmtree(outside)


def _make_outside(outside: Path) -> None:
    try:
        make_system_directory()
        outside.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StartupError("PostgreSQL", f"{outside} cannot be made: {error.strerror}") from error
