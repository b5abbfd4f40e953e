"""The corpora of a set of questions: the demo packs, the project's own documentation, and folders of the set."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.packs.catalog import InstalledPacks
from domain.knowledge.dataset import Dataset
from eval.answers.questions import QuestionFileError
from eval.answers.shelf import Shelf, ShelfFile

_FILE: Final = "corpora.json"
_PROJECT: Final = Path(__file__).resolve().parents[2]
DEMO: Final = "demo"


class Corpus(BaseModel):
    """``files``: patterns below the set's folder; with ``of_project`` below the project's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pack: str
    files: tuple[str, ...]
    of_project: bool = False


def load_corpora(folder: Path) -> dict[str, Corpus]:
    """By name, without the demo packs, which every set may ask. Raises QuestionFileError."""
    path = folder / _FILE
    try:
        return {name: Corpus.model_validate(one) for name, one in json.loads(path.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, ValidationError, AttributeError) as error:
        raise QuestionFileError(f"{path} cannot be used: {error}") from error


async def put_on_shelf(shelf: Shelf, folder: Path, name: str, corpora: dict[str, Corpus]) -> list[Dataset]:
    """Publish a corpus; return its datasets. Raises QuestionFileError for one that the set does not have."""
    if name == DEMO:
        return [await _filled(shelf, f"demo/{pack}", pack, files) for pack, files in _demo_files()]
    corpus = corpora.get(name)
    if corpus is None:
        raise QuestionFileError(f"{folder / _FILE} has no corpus {name}.")
    files = list(_files(_PROJECT if corpus.of_project else folder, corpus.files))
    if not files:
        raise QuestionFileError(f"The corpus {name} of {folder} has no file.")
    return [await _filled(shelf, name, corpus.pack, files)]


async def _filled(shelf: Shelf, name: str, pack: str, files: Iterable[ShelfFile]) -> Dataset:
    dataset = await shelf.dataset(name, pack)
    await shelf.put(dataset, files)
    return dataset


def _files(root: Path, patterns: Iterable[str]) -> Iterator[ShelfFile]:
    for path in sorted({path for pattern in patterns for path in root.glob(pattern)}):
        if path.is_file():
            yield ShelfFile(path, path.relative_to(root).as_posix())


def _demo_files() -> Iterator[tuple[str, list[ShelfFile]]]:
    for installed in InstalledPacks().installed():
        documents = installed.documents()
        yield installed.pack.id, [ShelfFile(one.path, one.name, one.visibility, one.url) for one in documents]
