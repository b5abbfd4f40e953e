"""Importing the manifest of one pack, and saying what is wrong with it: which file, which field, and why."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from pydantic import ValidationError

from answerable_sdk.packs import Pack
from domain.errors import AnswerableError


class PackInvalidError(AnswerableError):
    code = "pack_invalid"


@dataclass(frozen=True)
class Found:
    """Where a manifest is: ``module`` defines ``attribute``. ``name`` is what the pack is called until it is read."""

    name: str
    module: str
    attribute: str = "PACK"

    @classmethod
    def announced_by(cls, entry: EntryPoint) -> "Found":
        return cls(name=entry.name, module=entry.module, attribute=entry.attr or "PACK")


@dataclass(frozen=True)
class Loaded:
    pack: Pack
    folder: Path
    file: str


def folder_packs(package: str) -> Iterator[Found]:
    """Every folder of ``package`` that is a package itself."""
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if module.ispkg:
            yield Found(name=module.name, module=f"{package}.{module.name}.pack")


def load(found: Found) -> Loaded:
    """Import the manifest. Raises PackInvalidError, which names the file and the field."""
    module = _imported(found)
    if module.__file__ is None:
        raise PackInvalidError(f"The pack '{found.name}' has no folder.", pack=found.name)
    file = _shown(Path(module.__file__))
    pack = getattr(module, found.attribute, None)
    if not isinstance(pack, Pack):
        raise PackInvalidError(
            f"The pack '{found.name}' cannot be used: {file} has to define {found.attribute}, a Pack.",
            pack=found.name,
            file=file,
            field=found.attribute,
        )
    return Loaded(pack=pack, folder=Path(module.__file__).parent, file=file)


def _imported(found: Found) -> ModuleType:
    try:
        return importlib.import_module(found.module)
    except ValidationError as error:
        problems = [(".".join(map(str, one["loc"])) or "pack", one["msg"]) for one in error.errors(include_url=False)]
        listed = "; ".join(f"{field}: {message.removeprefix('Value error, ')}" for field, message in problems)
        raise _unusable(found, f"{error.title}: {listed}", field=problems[0][0]) from error
    except Exception as error:  # a manifest is a stranger's code: whatever it raises, the start names it
        raise _unusable(found, f"{type(error).__name__}: {error}", field="") from error


def _unusable(found: Found, problem: str, *, field: str) -> PackInvalidError:
    file = _file_of(found)
    return PackInvalidError(
        f"The pack '{found.name}' cannot be used: {file}: {problem}.", pack=found.name, file=file, field=field
    )


def _file_of(found: Found) -> str:
    try:
        spec = find_spec(found.module)
    except (ImportError, ValueError, ValidationError):
        spec = None
    return _shown(Path(spec.origin)) if spec and spec.origin else f"{found.module.replace('.', '/')}.py"


def _shown(path: Path) -> str:
    """The last three parts: enough to find the file, and nothing of the machine's own folders."""
    return "/".join(path.parts[-3:])
