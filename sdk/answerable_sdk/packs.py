"""The types a pack is described with: the only part of Answerable that a pack imports.

A pack is a folder (or an installed package) with a module `pack` that defines `PACK`:

    from answerable_sdk.packs import Pack, Source

    PACK = Pack(
        id="my_pack",
        display_name="My pack",
        description="Answers questions about my product.",
        sources=(Source(kind="folder", path="howto"),),
    )

A manifest is checked when its module is imported. A wrong one raises `pydantic.ValidationError`,
whose every error names the field it is about, so a bad pack is refused at start-up and not in the
middle of somebody's question.
"""

import re
from pathlib import PurePosixPath
from typing import Annotated, Final, Literal
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

from answerable_sdk.pack_tools import (
    Choice,
    HttpRequest,
    Number,
    PythonCallable,
    SqlReadonly,
    Timeframe,
    Tool,
)

__all__ = [
    "Choice",
    "HttpRequest",
    "Number",
    "Pack",
    "PythonCallable",
    "Source",
    "SqlReadonly",
    "Timeframe",
    "Tool",
    "Visibility",
]

Visibility = Literal["internal", "external"]

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
# Routing compares whole words of a question, so a keyword of two words would never match.
_Keyword = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=60, pattern=r"^[^\W_]+$")]
_Role = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_KNOWN_PLACEHOLDERS: Final = frozenset({"stem", "path"})


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Manifest):
    """Where a pack's documents come from.

    `path` is a POSIX path relative to the folder that holds the pack's `pack.py`.
    `url_template` says where a document is published, so that a citation can link to it:
    `{stem}` stands for the file name without its suffix, `{path}` for the whole path below the
    source without the suffix. Without a template the citations of this source carry no link.
    """

    kind: Literal["folder"]
    path: str
    visibility: Visibility = "external"
    url_template: str | None = None

    @field_validator("path")
    @classmethod
    def _path_stays_inside_the_pack(cls, value: str) -> str:
        # A drive letter or a backslash would be an escape on Windows only: refused everywhere, so
        # that a pack means the same on every machine.
        parts = PurePosixPath(value).parts
        if not parts or value.startswith("/") or ".." in parts or "\\" in value or ":" in value:
            raise ValueError("must be a relative POSIX path inside the pack, such as 'howto'")
        return value

    @field_validator("url_template")
    @classmethod
    def _template_makes_one_link_per_document(cls, value: str | None) -> str | None:
        if value is None:
            return None
        address = urlsplit(value)
        if address.scheme not in {"http", "https"} or not address.netloc or "{" in address.netloc:
            raise ValueError("must be an http or https URL with a fixed host")
        names = set(_PLACEHOLDER.findall(value))
        if not names or not names <= _KNOWN_PLACEHOLDERS or set("{}") & set(_outside(value)):
            raise ValueError("must contain {stem} or {path} and no other placeholder")
        return value

    def url_of(self, relative_path: str) -> str | None:
        """The published address of a document, given its path below this source.

        Returns None when the source has no `url_template`.
        """
        if self.url_template is None:
            return None
        document = PurePosixPath(relative_path)
        values = {"stem": quote(document.stem), "path": quote(str(document.with_suffix("")))}
        return _PLACEHOLDER.sub(lambda match: values[match[1]], self.url_template)


class Pack(_Manifest):
    """One unit of knowledge that a bot may be given.

    `id` is stable: datasets, rules and old answers refer to it. `routing_keywords` are single
    words of a question that speak for this pack; they are compared in lower case. `sample_questions` are
    shown to newcomers, so each should be answered by the pack itself. `roles`: who may use the pack; everybody
    when there are none. `open_to_policy`: whether the policy of a tenant or bot may open the pack and its tools to
    other roles than these; it may always close them.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
    display_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    description: _Text
    sources: tuple[Source, ...]
    routing_keywords: tuple[_Keyword, ...] = ()
    sample_questions: tuple[_Text, ...] = ()
    tools: tuple[Tool, ...] = ()
    roles: tuple[_Role, ...] = ()
    open_to_policy: bool = False

    @field_validator("tools")
    @classmethod
    def _names_are_unique(cls, tools: tuple[Tool, ...]) -> tuple[Tool, ...]:
        names = [tool.name for tool in tools]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"defines {repeated[0]!r} more than once")
        return tools

    @field_validator("routing_keywords", "sample_questions", "roles")
    @classmethod
    def _nothing_is_listed_twice(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if repeated := sorted({value for value in values if values.count(value) > 1}):
            raise ValueError(f"lists {repeated[0]!r} more than once")
        return values

    @field_validator("sources")
    @classmethod
    def _sources_do_not_overlap(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        if not sources:
            raise ValueError("must list at least one source")
        # A document reachable through two sources would be two documents, perhaps of different
        # visibility: staff-only text could then be read through its public twin.
        paths = [PurePosixPath(source.path) for source in sources]
        for position, path in enumerate(paths):
            for other in paths[position + 1 :]:
                if path.is_relative_to(other) or other.is_relative_to(path):
                    raise ValueError(f"{str(path)!r} and {str(other)!r} overlap")
        return sources


def _outside(template: str) -> str:
    """The template without its placeholders: a brace left in it belongs to none."""
    return _PLACEHOLDER.sub("", template)
