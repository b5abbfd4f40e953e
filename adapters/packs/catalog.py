"""The packs of this installation: folders of ``packs``, and packages that announce themselves by an entry point."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final

import structlog

from adapters.packs.loading import Found, PackInvalidError, folder_packs, load
from adapters.packs.schemas import schema_problem
from answerable_sdk.pack_tools import SqlReadonly, Tool
from answerable_sdk.packs import Pack, Source
from domain.packs.pack import PackDocument, PackSummary
from domain.packs.tool import ToolDef

__all__ = ["ENTRY_POINTS", "InstalledPack", "InstalledPacks", "InstalledTool", "PackInvalidError"]

ENTRY_POINTS: Final = "answerable.packs"
_MAX_MISSING: Final = 100
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class InstalledTool:
    """A tool as its manifest has it, as the domain knows it, and the folder that its files are in."""

    definition: ToolDef
    tool: Tool
    folder: Path


@dataclass(frozen=True)
class InstalledPack:
    """A pack and the folder that its sources are relative to. ``origin`` names its manifest, for messages."""

    pack: Pack
    folder: Path
    origin: str = ""

    @cached_property
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

    def tools(self) -> tuple[InstalledTool, ...]:
        return tuple(InstalledTool(self._definition(tool), tool, self.folder) for tool in self.pack.tools)

    def check(self) -> None:
        """Raises PackInvalidError for what the manifest names and the pack does not have, and for a bad schema."""
        for number, source in enumerate(self.pack.sources):
            if not (self.folder / source.path).is_dir():
                raise self._invalid(f"sources.{number}.path", f"'{source.path}' is not a folder of the pack")
        for number, tool in enumerate(self.pack.tools):
            if problem := schema_problem(tool.json_schema):
                raise self._invalid(f"tools.{number}.schema", f"{tool.name}: {problem}")
            missing = isinstance(tool.connector, SqlReadonly) and not (self.folder / tool.connector.query).is_file()
            if missing and isinstance(tool.connector, SqlReadonly):
                field = f"tools.{number}.connector.query"
                raise self._invalid(field, f"'{tool.connector.query}' is not a file of the pack")

    def _invalid(self, field: str, problem: str) -> PackInvalidError:
        return PackInvalidError(
            f"The pack '{self.pack.id}' cannot be used: {self.origin}, {field}: {problem}.",
            pack=self.pack.id,
            file=self.origin,
            field=field,
        )

    def _documents_of(self, source: Source) -> list[PackDocument]:
        root = self.folder / source.path
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

    def _definition(self, tool: Tool) -> ToolDef:
        return ToolDef.model_validate(
            {
                **tool.model_dump(exclude={"name", "connector"}),
                "name": f"{self.pack.id}.{tool.name}",
                "pack_id": self.pack.id,
                "pack_digest": self.digest,
                "connector": tool.connector.kind,
                "roles": tool.roles or self.pack.roles,
                "open_to_policy": self.pack.open_to_policy,
            }
        )


class InstalledPacks:
    """The catalogue, read once. Raises PackInvalidError naming file and field of what cannot be used.

    ``package`` is the package whose folders are packs; ``announced`` are the entry points of installed packs.
    """

    def __init__(self, package: str = "packs", announced: Sequence[EntryPoint] | None = None) -> None:
        found = announced if announced is not None else tuple(entry_points(group=ENTRY_POINTS))
        self._packs = tuple(_checked([*folder_packs(package), *(Found.announced_by(entry) for entry in found)]))
        self._missing: set[str] = set()
        self._summaries = tuple(_summary(installed) for installed in self._packs)
        self._tools = {tool.definition.name: tool for installed in self._packs for tool in installed.tools()}

    def installed(self) -> tuple[InstalledPack, ...]:
        return self._packs

    def summaries(self) -> tuple[PackSummary, ...]:
        return self._summaries

    def tools(self) -> tuple[ToolDef, ...]:
        return tuple(tool.definition for tool in self._tools.values())

    def notice(self, pack_ids: Iterable[str]) -> None:
        """Warn, once for each, of packs that a bot or a dataset names and that are not installed."""
        installed = {one.pack.id for one in self._packs}
        for pack_id in sorted(set(pack_ids) - installed - self._missing):
            if len(self._missing) < _MAX_MISSING:
                self._missing.add(pack_id)
                _log.warning("pack_not_installed", pack_id=pack_id)

    def missing(self) -> tuple[str, ...]:
        """Those that were noticed and are not installed, by name."""
        return tuple(sorted(self._missing))

    def find_tool(self, name: str) -> InstalledTool | None:
        return self._tools.get(name)


def _checked(found: Sequence[Found]) -> list[InstalledPack]:
    packs: dict[str, InstalledPack] = {}
    for one in found:
        loaded = load(one)
        installed = InstalledPack(pack=loaded.pack, folder=loaded.folder, origin=loaded.file)
        if installed.pack.id in packs:
            other = packs[installed.pack.id].origin
            raise PackInvalidError(
                f"Two packs have the id '{installed.pack.id}': {other} and {installed.origin}, id. Rename one of them.",
                pack=installed.pack.id,
                file=installed.origin,
                field="id",
            )
        installed.check()
        packs[installed.pack.id] = installed
    return list(packs.values())


def _summary(installed: InstalledPack) -> PackSummary:
    pack = installed.pack
    return PackSummary(
        pack_id=pack.id,
        display_name=pack.display_name,
        description=pack.description,
        routing_keywords=pack.routing_keywords,
        sample_questions=pack.sample_questions,
        roles=pack.roles,
        open_to_policy=pack.open_to_policy,
        digest=installed.digest,
    )
