"""What an interpreter has to read to do its work: its own files, libraries, and the modules that can be imported."""

import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_SYSTEM: Final = tuple(
    map(
        Path,
        (
            "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share",
            "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/mime.types", "/etc/fonts",
            "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom",
            "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
        ),
    )
)  # fmt: skip
_MODULES: Final = (".py", ".so", ".pyd", ".zip", ".pth")
_METADATA: Final = (".dist-info", ".egg-info")


def code_paths() -> tuple[Path, ...]:
    """System libraries, the interpreter, and what ``sys.path`` offers.

    A folder of ``sys.path`` may hold more than modules, such as a checkout with settings and data beside its packages:
    of such a folder only packages, modules and their metadata are in the list.
    """
    interpreter = {Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    found = [*_SYSTEM, *sorted(interpreter)]
    for entry in dict.fromkeys(sys.path):
        path = Path(entry).resolve()
        if entry and not any(path.is_relative_to(prefix) for prefix in interpreter):
            found.extend(_offered(path))
    return tuple(dict.fromkeys(found))


def remember_modules() -> None:
    """Let the import system list the folders of ``sys.path`` now: later it could not, and would find nothing in them.

    It lists a folder again when its time stamp changes, so this belongs right before the rights are given up.
    """
    for entry in dict.fromkeys(sys.path):
        finder = pkgutil.get_importer(entry)
        if finder is not None:
            finder.find_spec("answerable_has_no_such_module")


def _offered(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for child in path.iterdir():
            if child.name.startswith("."):
                continue
            if child.name.endswith((*_MODULES, *_METADATA)) or _is_package(child):
                yield child.resolve()


def _is_package(path: Path) -> bool:
    return path.is_dir() and ((path / "__init__.py").exists() or any(path.glob("*.py")))
