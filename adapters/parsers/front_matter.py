"""What stands between the first lines of a Markdown file and its text: YAML between `---`, TOML between `+++`."""

import re
import tomllib
from typing import Any, Final, NamedTuple

import yaml

from domain.base import JsonValue

# Read as Markdown, its last line would become a heading.
_YAML: Final = re.compile(r"---[ \t]*+\n(?:[^\n]*+\n)*?(?:---|\.\.\.)[ \t]*+(?:\n|\Z)")
_TOML: Final = re.compile(r"\+\+\+[ \t]*+\n(?:[^\n]*+\n)*?\+\+\+[ \t]*+(?:\n|\Z)")
_KEY: Final = re.compile(r"[\"']?([\w-]++)[\"']?[ \t]*+:(?=[ \t]|$)[ \t]*+(.*)")
_FURTHER_LINE: Final = re.compile(r"[ \t#]|-[ \t]|$")
_MAX_CHARACTERS: Final = 16_384
"""More than that is no description of a page, and reading YAML takes a second for a hundred kilobytes."""
_MAX_TAGS: Final = 50
_MAX_VALUE: Final = 2_000


class FrontMatter(NamedTuple):
    """``length`` characters of the file; 0 without front matter."""

    length: int = 0
    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()

    def metadata(self) -> dict[str, JsonValue]:
        """What is stored of it beside the text."""
        stated: dict[str, JsonValue] = {"title": self.title, "description": self.description, "tags": [*self.tags]}
        return {name: value for name, value in stated.items() if value}


def front_matter(text: str) -> FrontMatter:
    """Only what reads as keys with values: text between two rules is text."""
    found = _YAML.match(text) or _TOML.match(text)
    if found is None:
        return FrontMatter()
    inner = "\n".join(found.group().strip().split("\n")[1:-1])
    stated = _stated(inner, is_toml=found.re is _TOML)
    if stated is None:
        return FrontMatter()
    return FrontMatter(
        found.end(), _line(stated.get("title")), _line(stated.get("description")), _tags(stated.get("tags"))
    )


def _stated(source: str, *, is_toml: bool) -> dict[Any, Any] | None:
    if len(source) > _MAX_CHARACTERS:
        return _by_line(source)
    try:
        stated = tomllib.loads(source) if is_toml else yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError):
        return _by_line(source)
    return stated if isinstance(stated, dict) else None


def _by_line(source: str) -> dict[str, str] | None:
    """What is nearly YAML, such as a title with a colon in it; None unless every line could be some."""
    stated: dict[str, str] = {}
    for line in source.split("\n"):
        key = _KEY.match(line)
        if key:
            stated.setdefault(key.group(1), key.group(2).strip().strip("\"'"))
        elif not _FURTHER_LINE.match(line):
            return None
    return stated or None


def _line(stated: object) -> str | None:
    """Only what is one value: an anchor may stand for more than there is memory for."""
    if isinstance(stated, bool) or not isinstance(stated, str | int | float):
        return None
    return " ".join(str(stated)[:_MAX_VALUE].split()) or None


def _tags(stated: object) -> tuple[str, ...]:
    listed = stated.split(",") if isinstance(stated, str) else stated
    if not isinstance(listed, list):
        return ()
    return tuple(tag for tag in map(_line, listed[:_MAX_TAGS]) if tag)
