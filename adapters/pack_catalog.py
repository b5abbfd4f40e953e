"""Finds the packs of this installation: every folder of ``packs`` that has a ``pack.py`` with a ``PACK``."""

import hashlib
import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path

import packs
from answerable_sdk.packs import Pack, Source
from domain.bot import PackDocument, PackSummary
from domain.errors import AnswerableError


class PackInvalidError(AnswerableError):
    code = "pack_invalid"


@dataclass(frozen=True)
class InstalledPack:
    """A pack and the folder that its sources are relative to."""

    pack: Pack
    folder: Path

    @property
    def digest(self) -> str:
        """SHA-256 (hex, 16 characters) over names and bytes of the pack's files: it changes with any of them."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(self.folder)).encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()[:16]

    def documents(self) -> tuple[PackDocument, ...]:
        """The pack's own documents, by name. Raises PackInvalidError for a source that is not a folder."""
        return tuple(document for source in self.pack.sources for document in self._documents_of(source))

    def _documents_of(self, source: Source) -> list[PackDocument]:
        root = self.folder / source.path
        if not root.is_dir():
            raise PackInvalidError(
                f"The pack '{self.pack.id}' names the source '{source.path}', which is not a folder of it.",
                pack=self.pack.id,
                source=source.path,
            )
        return [
            PackDocument(
                pack_id=self.pack.id,
                name=path.relative_to(self.folder).as_posix(),
                path=path,
                url=source.url_of(path.relative_to(root).as_posix()),
                visibility=source.visibility,
            )
            for path in sorted(root.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        ]


class InstalledPacks:
    """The catalogue, read once. Raises PackInvalidError naming the pack that cannot be used."""

    def __init__(self) -> None:
        self._packs = tuple(_discover())
        self._summaries = tuple(_summary(installed) for installed in self._packs)

    def installed(self) -> tuple[InstalledPack, ...]:
        return self._packs

    def summaries(self) -> tuple[PackSummary, ...]:
        return self._summaries


def _discover() -> list[InstalledPack]:
    return [_load(module.name) for module in pkgutil.iter_modules(packs.__path__) if module.ispkg]


def _load(name: str) -> InstalledPack:
    try:
        manifest = importlib.import_module(f"packs.{name}.pack")
    except ImportError as error:
        raise PackInvalidError(f"The pack '{name}' cannot be imported: {error}", pack=name) from error
    pack = getattr(manifest, "PACK", None)
    if not isinstance(pack, Pack):
        raise PackInvalidError(f"packs/{name}/pack.py has to define PACK, a Pack.", pack=name)
    if manifest.__file__ is None:
        raise PackInvalidError(f"The pack '{name}' has no folder.", pack=name)
    return InstalledPack(pack=pack, folder=Path(manifest.__file__).parent)


def _summary(installed: InstalledPack) -> PackSummary:
    pack = installed.pack
    return PackSummary(
        pack_id=pack.id,
        display_name=pack.display_name,
        description=pack.description,
        routing_keywords=pack.routing_keywords,
        sample_questions=pack.sample_questions,
        digest=installed.digest,
    )
