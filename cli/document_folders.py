"""Which files a path stands for, what their documents are called, and which files are left out and why."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

INGESTIBLE: Final = frozenset(
    {".md", ".markdown", ".txt", ".html", ".htm", ".json", ".csv", ".pdf", ".docx"},
)
_HIDDEN: Final = "hidden"
_LOCK: Final = "a lock file of an open office document"
_LINK: Final = "a link to a folder"
_SPECIAL: Final = "not a regular file, or a broken link"
_UNREADABLE: Final = "the folder cannot be read"


class SourceFile(NamedTuple):
    """``name`` is what the dataset knows the document by: the path below the given folder, or the file's own name."""

    path: Path
    name: str


class Skipped(NamedTuple):
    """A file or folder that is not ingested, and why."""

    path: Path
    reason: str


@dataclass
class FoundFiles:
    """What stands in the given paths. Nothing is in neither list."""

    files: list[SourceFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def find_documents(paths: Iterable[Path], every_format: bool = False) -> FoundFiles:
    """The files that ``paths`` stand for: files as given, folders walked for the formats that are always read, or for
    ``every_format``. Links to folders are not followed.

    Raises ValueError for a path that does not exist, for none at all, and for two files that would be one document.
    """
    found = FoundFiles()
    for path in paths:
        if not path.exists():
            raise ValueError(f"{path} does not exist")
        if path.is_dir():
            _walk(path, every_format, found)
        else:
            found.files.append(SourceFile(path, path.name))
    if not found.files:
        raise ValueError(
            f"Nothing to ingest: no file ends in {', '.join(sorted(INGESTIBLE))}; --all includes other formats"
        )
    found.files = list(dict.fromkeys(found.files))
    _require_one_file_a_name(found.files)
    return found


def _require_one_file_a_name(files: Iterable[SourceFile]) -> None:
    names: dict[str, Path] = {}
    for file in files:
        known = names.setdefault(file.name, file.path)
        if known.resolve() != file.path.resolve():
            raise ValueError(
                f"{known} and {file.path} would both be the document '{file.name}'; ingest them separately"
            )


def _walk(root: Path, every_format: bool, found: FoundFiles) -> None:
    def unreadable(error: OSError) -> None:
        found.skipped.append(Skipped(Path(str(error.filename)), _UNREADABLE))

    for folder, folders, names in os.walk(root, onerror=unreadable):
        here = Path(folder)
        closed = dict(_excluded(here, folders))
        found.skipped += [Skipped(here / name, reason) for name, reason in closed.items()]
        folders[:] = sorted(set(folders) - closed.keys())
        for name in sorted(names):
            path = here / name
            reason = _reason_against(path, every_format)
            if reason is None:
                found.files.append(SourceFile(path, path.relative_to(root).as_posix()))
            else:
                found.skipped.append(Skipped(path, reason))


def _excluded(here: Path, folders: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The folders that are not walked, and why."""
    for name in sorted(folders):
        if name.startswith("."):
            yield name, _HIDDEN
        elif (here / name).is_symlink():
            yield name, _LINK


def _reason_against(path: Path, every_format: bool) -> str | None:
    if path.name.startswith("."):
        return _HIDDEN
    if path.name.startswith("~$"):
        return _LOCK
    if not path.is_file():
        return _SPECIAL
    if every_format or path.suffix.lower() in INGESTIBLE:
        return None
    return (
        f"'{path.suffix}' is not included by default; --all includes it"
        if path.suffix
        else "it has no extension; --all includes it"
    )
