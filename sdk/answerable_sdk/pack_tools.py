"""What a pack's tools are described with. Packs import these names from ``answerable_sdk.packs``.

A tool answers one kind of question with figures. Which question it answers, and where its arguments stand in it, is
declared here, so that the same question always calls the same tool with the same arguments.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, field_validator, model_validator

Risk = Literal["low", "medium", "high"]
ConnectorKind = Literal["python", "http", "sql_readonly"]

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
_Argument = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=80)]
_Seconds = Annotated[float, Field(gt=0, le=15)]
_DURATION: Final = re.compile(r"[1-9][0-9]{0,3}(?:m|h|d|w)")


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class PythonCallable(_Declared):
    """A function of the pack. It is called with the arguments by name and returns what JSON can hold.

    It runs in a process of its own, without the platform's environment, and is ended after ``timeout_seconds``.
    So it has to stand at the top level of a module; a lambda or a closure could not be found from there.
    """

    kind: Literal["python"] = "python"
    function: Callable[..., Any]
    timeout_seconds: _Seconds = 5.0

    @field_validator("function")
    @classmethod
    def _can_be_found_by_name(cls, value: Callable[..., Any]) -> Callable[..., Any]:
        name = getattr(value, "__qualname__", "<")
        if "<" in name or "." in name or not getattr(value, "__module__", None):
            raise ValueError("must be a function at the top level of a module")
        return value

    @property
    def address(self) -> str:
        """``module:function``: how the process finds it."""
        return f"{self.function.__module__}:{self.function.__qualname__}"


class HttpRequest(_Declared):
    """A request to a web service. The arguments go into the query or, with POST, into a JSON body.

    The service has to be public; an address of a private network must be allowed for this pack or tool in the settings
    (TOOL_ALLOWED_URLS). Answers come uncompressed; a redirect takes no secret and no body to another origin.
    ``secret`` names an entry of the setting TOOL_SECRETS, sent as ``Authorization: Bearer …``.
    """

    kind: Literal["http"] = "http"
    url: str
    method: Literal["GET", "POST"] = "GET"
    secret: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,60}$")] | None = None
    timeout_seconds: _Seconds = 5.0
    max_bytes: Annotated[int, Field(ge=1, le=4 * 1024 * 1024)] = 256 * 1024

    @field_validator("url")
    @classmethod
    def _is_one_fixed_address(cls, value: str) -> str:
        address = urlsplit(value)
        if address.scheme not in {"http", "https"} or not address.hostname or address.username or address.fragment:
            raise ValueError("must be an http or https URL without credentials")
        return value


class SqlReadonly(_Declared):
    """A query, in a file of the pack, over the tables that the read-only role may read.

    The arguments are bound as ``%(name)s``; nothing is ever formatted into the text. ``fixed`` binds values that no
    question changes, so that one file serves several tools. Its rows are limited to ``max_rows``.
    """

    kind: Literal["sql_readonly"] = "sql_readonly"
    query: str
    fixed: Mapping[_Argument, JsonValue] = Field(default_factory=dict)
    timeout_seconds: _Seconds = 5.0
    max_rows: Annotated[int, Field(ge=1, le=1000)] = 100

    @field_validator("query")
    @classmethod
    def _is_a_file_of_the_pack(cls, value: str) -> str:
        path = PurePosixPath(value)
        if path.suffix != ".sql" or path.is_absolute() or ".." in path.parts or "\\" in value or ":" in value:
            raise ValueError("must be the relative POSIX path of a .sql file of the pack, such as 'sql/volume.sql'")
        return value


class Timeframe(_Declared):
    """Two date-time arguments filled from "last 24h", "since Monday", "in October"; ``default`` such as 24h or 7d."""

    kind: Literal["timeframe"] = "timeframe"
    since: _Argument = "since"
    until: _Argument = "until"
    default: str = "24h"

    @field_validator("default")
    @classmethod
    def _is_a_duration(cls, value: str) -> str:
        if not _DURATION.fullmatch(value):
            raise ValueError("must be a number and m, h, d or w, such as '24h'")
        return value


class Choice(_Declared):
    """An argument with known values. ``values`` maps each to the other words for it.

    ``words`` name the argument in a question ("service checkout"): a value beside them that is not known is refused
    rather than guessed. ``not_known`` lists words that people use for values that there are none of.
    """

    kind: Literal["choice"] = "choice"
    argument: _Argument
    values: Mapping[str, tuple[_Words, ...]]
    words: tuple[_Words, ...] = ()
    not_known: tuple[_Words, ...] = ()


class Number(_Declared):
    """A whole number that follows one of ``words``, as in "top 5"."""

    kind: Literal["number"] = "number"
    argument: _Argument
    words: tuple[_Words, ...]


Connector = Annotated[PythonCallable | HttpRequest | SqlReadonly, Field(discriminator="kind")]
ArgumentSource = Annotated[Timeframe | Choice | Number, Field(discriminator="kind")]


class Tool(_Declared):
    """One question that a pack can answer with figures.

    ``name`` is unique in the pack; its full name is ``pack_id.name``. ``schema`` is a JSON Schema (2020-12) of the
    arguments, an object that lists its properties and forbids others; its ``default`` keywords fill what a question
    does not say. ``metrics`` are the words that ask for this tool; the longest that a question contains decides.
    ``counts`` are the result's columns that count things: small values are hidden as the policy says, and
    ``derived`` maps a column that is computed from a count to that count. ``needs`` names the data it reads. A tool
    that is not ``read_only`` is never called by a question.
    """

    name: _Name
    description: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    json_schema: dict[str, JsonValue] = Field(alias="schema")
    connector: Connector
    read_only: bool = True
    risk: Risk = "low"
    needs: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,40}$")] | None = None
    roles: tuple[str, ...] = ()
    metrics: tuple[_Words, ...] = ()
    takes: tuple[ArgumentSource, ...] = ()
    counts: tuple[str, ...] = ()
    derived: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("json_schema")
    @classmethod
    def _describes_an_object(cls, value: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if value.get("type") != "object" or not isinstance(value.get("properties"), dict):
            raise ValueError("must have the type 'object' and list its properties")
        if value.get("additionalProperties") is not False:
            raise ValueError("must set additionalProperties to false")
        return value

    @field_validator("derived")
    @classmethod
    def _derived_from_counts(cls, value: Mapping[str, str], info: Any) -> Mapping[str, str]:
        if unknown := sorted(set(value.values()) - set(info.data.get("counts", ()))):
            raise ValueError(f"refers to {unknown[0]!r}, which is not among the counts")
        return value

    @model_validator(mode="after")
    def _takes_arguments_that_there_are(self) -> "Tool":
        properties = self.json_schema["properties"]
        known = set(properties) if isinstance(properties, dict) else set()
        for source in self.takes:
            names = (source.since, source.until) if isinstance(source, Timeframe) else (source.argument,)
            for name in names:
                if name not in known:
                    raise ValueError(f"takes: the argument {name!r} is not a property of the schema")
        return self
