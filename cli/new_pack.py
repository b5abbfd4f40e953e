"""Make a new pack in this checkout: its files, its test, and its line in the README."""

import re
from dataclasses import dataclass
from importlib.util import find_spec
from keyword import iskeyword
from pathlib import Path
from string import Template
from typing import Final

from cli import pack_template
from cli.connection import USAGE, Problem

_ID: Final = re.compile(r"[a-z][a-z0-9_]{1,40}")
_MAX_NAME: Final = 60
"""Shorter than a manifest allows: the words by which the tool is asked for contain it, and they are bounded too."""
_SECTION: Final = "## Packs"
_INTRODUCTION: Final = f"""{_SECTION}

A pack is a folder of documents and tools. `answerable packs new my_pack --display-name "My pack"` makes one. Here are:

"""


@dataclass(frozen=True)
class NewPack:
    """What was made: paths from the root of the checkout."""

    pack_id: str
    files: tuple[str, ...]
    sample_question: str


def new_pack(pack_id: str, display_name: str, root: Path | None = None) -> NewPack:
    """Make the pack in the checkout at ``root``, by default the one that this command is installed from.

    Raises Problem, having made nothing, for an id or a name that will not do, or a pack that is there already.
    """
    name = _check_name(pack_id, display_name)
    root = root or _checkout()
    values = _values(pack_id, name)
    files = {
        f"packs/{pack_id}/__init__.py": f'"""The pack {name.rstrip(".")}."""\n',
        f"packs/{pack_id}/pack.py": _fill(pack_template.PACK, values),
        f"packs/{pack_id}/tools.py": _fill(pack_template.TOOLS, values),
        f"packs/{pack_id}/howto/README.md": _fill(pack_template.HOWTO, values),
        f"tests/unit/packs/test_{pack_id}.py": _fill(pack_template.TEST, values),
    }
    if taken := [path for path in (f"packs/{pack_id}", *files) if (root / path).exists()]:
        raise Problem(f"{taken[0]} already exists. Choose another id, or remove it first.", USAGE)
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, encoding="utf-8")
    _announce(root / "README.md", _fill(pack_template.README_LINES, values))
    return NewPack(pack_id, tuple(files), _question(name))


def _check_name(pack_id: str, display_name: str) -> str:
    if not _ID.fullmatch(pack_id) or iskeyword(pack_id):
        raise Problem(
            f"'{pack_id}' is not a valid pack id. Use 2 to 41 lower-case letters, digits and underscores, "
            "starting with a letter.",
            USAGE,
        )
    name = " ".join(display_name.split())
    if not name or len(name) > _MAX_NAME or not name.isprintable() or set(name) & set('`\\"<>[]{}$'):
        raise Problem(
            f"The display name must be 1 to {_MAX_NAME} characters on one line, without quotes or brackets.",
            USAGE,
        )
    return name


def _checkout() -> Path:
    found = find_spec("packs")
    if found is None or not found.submodule_search_locations:
        raise Problem("This installation has no folder packs. Run the command in a checkout.")
    return Path(next(iter(found.submodule_search_locations))).parent


def _values(pack_id: str, name: str) -> dict[str, str]:
    keywords = dict.fromkeys(re.findall(r"[^\W_]+", f"{pack_id} {name}".lower().replace("_", " ")))
    return {
        "pack_id": pack_id,
        "title": name,
        # One a line: the house format leaves a tuple with a comma at its end as it is, however short.
        "keywords": "\n".join(f'        "{word}",' for word in keywords),
        "metric": name.lower(),
        "question": _question(name),
        "count_question": f"How many {name} documents are there?",
    }


def _question(name: str) -> str:
    return f"How do I get started with {name}?"


def _fill(template: Template, values: dict[str, str]) -> str:
    return template.substitute(values)


def _announce(readme: Path, lines: str) -> None:
    """Add the pack to the README's section on packs, which is made if there is none."""
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    if lines in text:
        return
    if _SECTION not in text:
        before, mark, after = text.partition("## Test\n")
        text = (
            f"{before}{_INTRODUCTION}{lines}\n{mark}{after}" if mark else f"{text.rstrip()}\n\n{_INTRODUCTION}{lines}"
        )
    else:
        start = text.index(_SECTION) + len(_SECTION)
        end = text.find("\n## ", start)
        end = len(text) if end < 0 else end
        text = f"{text[:end].rstrip()}\n{lines}{text[end:] if end < len(text) else ''}"
    readme.write_text(text, encoding="utf-8")
