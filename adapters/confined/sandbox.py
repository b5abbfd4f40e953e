"""A sandbox for strangers' bytes and code: prepared once in a process, entered by it or by each of its forks.

What a system cannot give is left out and reported; ``required`` layers are not: without them nothing is run.
"""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from adapters.confined.call_filter import prepare_filter, refuse_calls
from adapters.confined.code_paths import code_paths, remember_modules
from adapters.confined.landlock import restrict_files
from adapters.confined.layers import Attempts, Layer, Report
from adapters.confined.libc import NotHadError
from adapters.confined.namespaces import closed_folders, leave_network, open_view
from adapters.confined.privileges import become, forbid_privileges_by_programs, give_up_privileges, is_root, user_for
from adapters.confined.process_limits import ProcessLimits
from adapters.confined.processes import die_with_parent, hide_memory

_GRACE_SECONDS = 2


class ConfinementRefusedError(NotHadError):
    """A process lacks a layer of confinement that the settings require, so it does not do its work."""


@dataclass(frozen=True)
class Sandbox:
    """Make one with ``prepare``. ``becomes_another`` tells whether ``enter`` changes the user: then files of the
    worker's have to be opened, or copied into the job's folder, before."""

    becomes_another: bool
    _code: tuple[Path, ...]
    _closed: frozenset[Path] = frozenset()
    _missing: dict[Layer, str] = field(default_factory=dict)

    @classmethod
    def prepare(cls) -> "Sandbox":
        """Leave the network and hide this process's memory: what forks then inherit. Never raises."""
        attempts = Attempts()
        attempts.make(Layer.NETWORK, leave_network)
        attempts.make(Layer.PARENT, hide_memory)
        forbid_privileges_by_programs()
        attempts.make(Layer.SYSTEM_CALLS, prepare_filter)
        code = code_paths()
        return cls(is_root(), code, closed_folders(code), attempts.missing)

    def enter(
        self,
        limits: ProcessLimits,
        *,
        folder: Path | None = None,
        readable: Iterable[Path] = (),
        required: Collection[Layer] = (),
    ) -> Report:
        """Give up what the work does not need, for good; call it in a process of one thread.

        The process may then read its code, ``readable`` and ``folder``, both absolute paths, and write to ``folder``
        only, which becomes its user's. Files that are open stay usable. Raises ConfinementRefusedError when a
        ``required`` layer cannot be had.
        """
        parent = os.getppid()
        attempts = Attempts(self._missing)
        attempts.make(Layer.LIMITS, lambda: _limit(limits))
        if self.becomes_another:
            attempts.make(Layer.USER, lambda: self._change_user(folder, readable))
        attempts.make(Layer.THREADS, lambda: _limit_threads(limits.threads, self._counts_apart(attempts)))
        attempts.make(Layer.PRIVILEGES, give_up_privileges)
        # A change of user switches both off.
        attempts.make(Layer.PARENT, hide_memory)
        die_with_parent(parent)
        remember_modules()
        writable = (Path("/dev/null"), *((folder,) if folder else ()))
        attempts.make(Layer.FILES, lambda: restrict_files((*self._code, *readable), writable))
        attempts.make(Layer.SYSTEM_CALLS, refuse_calls)
        report = Report(missing=attempts.missing)
        if lacking := report.lacks(required):
            raise ConfinementRefusedError(f"a process lacks what CONFINEMENT=required asks for: {', '.join(lacking)}")
        return report

    def _change_user(self, folder: Path | None, readable: Iterable[Path]) -> None:
        user = user_for(os.getpid())
        own = (*readable, *((folder,) if folder else ()))
        needed = (*self._code, *own)
        closed = self._closed | closed_folders(own)
        if closed:
            try:
                open_view(closed, needed)
            except OSError as error:
                names = ", ".join(sorted(map(str, closed)))
                raise NotHadError(f"other users cannot enter {names}, where its code is, and {error}") from error
        if folder is not None:
            os.chown(folder, user, user)
        become(user)

    def _counts_apart(self, attempts: Attempts) -> bool:
        """Whether threads of this process are counted apart from the worker's."""
        held = Layer.USER if self.becomes_another else Layer.NETWORK
        return held not in attempts.missing


def _limit(limits: ProcessLimits) -> None:
    import resource

    bounds = (
        # The soft limit sends SIGXCPU, which says what happened; the hard one SIGKILL.
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + _GRACE_SECONDS),
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_CORE, 0, 0),
    )
    refused = []
    for kind, soft, hard in bounds:
        try:
            resource.setrlimit(kind, (soft, hard))
        except (ValueError, OSError) as error:
            # Some systems know a limit and refuse to set it.
            refused.append(f"limit {kind}: {error}")
    if refused:
        raise NotHadError("; ".join(refused))


def _limit_threads(count: int, is_counted_apart: bool) -> None:
    import resource

    if not is_counted_apart:
        raise NotHadError("its threads are counted together with all others of the worker's user")
    resource.setrlimit(resource.RLIMIT_NPROC, (count, count))
