"""Namespaces: a network that leads nowhere, and a view of the files in which closed folders lead to the code alone."""

import os
import stat
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from adapters.confined.libc import NotHadError, called

_NEW_MOUNTS: Final = 0x00020000
_NEW_USER: Final = 0x10000000
_NEW_NETWORK: Final = 0x40000000
_MS_NOSUID_NODEV: Final = 2 | 4
_MS_BIND: Final = 4096
_MS_RECURSIVE_PRIVATE: Final = 16384 | (1 << 18)


def leave_network() -> None:
    """Move this process, and all that it starts, to a network of its own. Raises NotHadError.

    An ordinary user gets one in a user namespace only, which also counts its threads apart from the worker's.
    """
    try:
        called("unshare", _NEW_NETWORK)
    except NotHadError:
        called("unshare", _NEW_USER | _NEW_NETWORK)


def closed_folders(paths: Iterable[Path]) -> frozenset[Path]:
    """The first folder on the way to each that users without any right of their own cannot enter."""
    found = set()
    for folder in {folder for path in paths for folder in path.parents}:
        if folder.is_dir() and not folder.stat().st_mode & stat.S_IXOTH:
            found.add(folder)
    return frozenset(folder for folder in found if not any(parent in found for parent in folder.parents))


def open_view(closed: Iterable[Path], needed: Iterable[Path]) -> None:
    """Let ``needed`` be reached through ``closed`` folders by this process, and nothing else in them. Root only.

    Nothing changes for any other process: the folders keep their modes. Raises NotHadError, OSError.
    """
    called("unshare", _NEW_MOUNTS)
    called("mount", None, b"/", None, _MS_RECURSIVE_PRIVATE, None)
    needed = list(needed)
    for folder in closed:
        with ExitStack() as stack:
            handles = []
            for path in _topmost(needed, folder):
                handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
                stack.callback(os.close, handle)
                handles.append((path, path.is_dir(), handle))
            called("mount", b"none", os.fsencode(folder), b"tmpfs", _MS_NOSUID_NODEV, b"mode=0755,size=1m")
            for path, is_folder, handle in handles:
                _bind(path, is_folder, handle)


def _bind(path: Path, is_folder: bool, handle: int) -> None:
    (path if is_folder else path.parent).mkdir(mode=0o755, parents=True, exist_ok=True)
    if not is_folder:
        path.touch()
    called("mount", f"/proc/self/fd/{handle}".encode(), os.fsencode(path), None, _MS_BIND, None)


def _topmost(paths: Iterable[Path], folder: Path) -> list[Path]:
    """The paths in ``folder`` without those that lie in another of them."""
    prefix = f"{folder}/"
    kept: list[Path] = []
    for path in sorted({path for path in paths if str(path).startswith(prefix)}):
        if not any(path.is_relative_to(other) for other in kept):
            kept.append(path)
    return kept
