"""Attacks on what the worker holds in memory and in files."""

import os
from contextlib import suppress
from pathlib import Path

from adapters.confined.layers import Layer
from tests.security.confinement.attack_table import RefusedError, Target, attack


def _parents(target: Target) -> tuple[int, int]:
    return target.worker, os.getppid()


def _any_of(paths: list[str], size: int = 64) -> bytes:
    """The first that can be read; raises the last error."""
    error: OSError | None = None
    for path in paths:
        try:
            with Path(path).open("rb") as file:
                return file.read(size)
        except OSError as caught:
            error = caught
    raise error or RefusedError


@attack(Layer.PARENT, Layer.FILES)
def read_environment_of_the_worker(target: Target) -> None:
    _any_of([f"/proc/{pid}/environ" for pid in _parents(target)])


@attack(Layer.PARENT, Layer.FILES)
def read_memory_map_of_the_worker(target: Target) -> None:
    if not _any_of([f"/proc/{pid}/maps" for pid in _parents(target)]):
        raise RefusedError


@attack(Layer.PARENT, Layer.FILES)
def open_memory_of_the_worker(target: Target) -> None:
    for pid in _parents(target):
        with suppress(OSError):
            os.close(os.open(f"/proc/{pid}/mem", os.O_RDWR))
            return
    raise RefusedError


@attack(Layer.PARENT, Layer.FILES)
def open_files_of_the_worker(target: Target) -> None:
    for pid in _parents(target):
        with suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    descriptor.readlink()
                    return
    raise RefusedError


@attack(Layer.PARENT, Layer.FILES)
def walk_through_the_workers_root(target: Target) -> None:
    _any_of([f"/proc/{pid}/root{target.secret_file}" for pid in _parents(target)])


@attack(Layer.USER, Layer.FILES)
def read_the_secrets_file(target: Target) -> None:
    Path(target.secret_file).read_bytes()


@attack(Layer.FILES)
def list_the_data_folder(target: Target) -> None:
    list(Path(target.secret_file).parent.iterdir())


@attack(Layer.FILES)
def link_to_the_secrets_file(target: Target) -> None:
    with suppress(FileExistsError):
        Path("innocent").symlink_to(target.secret_file)
    Path("innocent").read_bytes()


@attack(Layer.FILES)
def list_the_folder_of_all_jobs(target: Target) -> None:
    list(Path(target.other_job).parent.parent.iterdir())


@attack(Layer.USER, Layer.FILES)
def read_the_document_of_another_job(target: Target) -> None:
    Path(target.other_job).read_bytes()


@attack(Layer.FILES)
def write_outside(target: Target) -> None:
    Path(target.outside).write_text("was here")


@attack(Layer.USER, Layer.FILES)
def change_the_code(target: Target) -> None:
    Path(target.code_file).open("ab").close()


@attack(Layer.FILES)
def read_the_users_of_the_machine(_: Target) -> None:
    Path("/etc/passwd").read_bytes()


@attack(Layer.USER, Layer.SYSTEM_CALLS)
def change_rights_of_the_secrets_file(target: Target) -> None:
    Path(target.secret_file).chmod(0o644)
