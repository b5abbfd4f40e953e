"""Which files a path stands for, and what their documents are called."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

INGESTIBLE: Final = frozenset({".md", ".markdown", ".txt"})


class SourceFile(NamedTuple):
    """``name`` is what the dataset knows the document by: the path below the given folder, or the file's own name."""

    path: Path
    name: str


def find_documents(paths: Iterable[Path]) -> list[SourceFile]:
    """The files that ``paths`` stand for: files as given, folders walked for Markdown and text.

    Hidden files and folders are left out. Raises ValueError for a path that does not exist, for none at all, and for
    two files that would be one document.
    """
    found = [file for path in paths for file in _files_of(path)]
    if not found:
        raise ValueError(f"Nothing to ingest: no file that ends in {', '.join(sorted(INGESTIBLE))}")
    names: dict[str, Path] = {}
    for file in found:
        known = names.setdefault(file.name, file.path)
        if known.resolve() != file.path.resolve():
            raise ValueError(f"{known} and {file.path} would both be the document '{file.name}'; ingest them apart")
    return list(dict.fromkeys(found))


def _files_of(path: Path) -> Iterator[SourceFile]:
    if not path.exists():
        raise ValueError(f"{path} does not exist")
    if path.is_file():
        yield SourceFile(path, path.name)
        return
    for file in sorted(path.rglob("*")):
        relative = file.relative_to(path)
        hidden = any(part.startswith(".") for part in relative.parts)
        if file.is_file() and not hidden and file.suffix.lower() in INGESTIBLE:
            yield SourceFile(file, relative.as_posix())
