"""Base types of request and response bodies."""

import json
import math
import re
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    model_validator,
)

from domain.base import JsonValue
from domain.text.folding import normalise

MAX_METADATA_BYTES: Final = 4_096
MAX_UNKNOWN_FIELDS: Final = 20
_MAX_NESTING: Final = 8
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")


def _failing_fast(schema: Any) -> Any:
    """The schema, in which every sequence stops at its first error."""
    if isinstance(schema, dict):
        schema = {name: _failing_fast(value) for name, value in schema.items()}
        if schema.get("type") in ("list", "tuple", "set", "frozenset"):
            schema["fail_fast"] = True
    elif isinstance(schema, list):
        schema = [_failing_fast(item) for item in schema]
    return schema


class RequestBody(BaseModel):
    """A body that clients send: unknown fields are refused, so that a misspelt one is noticed.

    Numbers and truth values in JSON are strict: false would be read as 0 otherwise, and "no" as false.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> Any:
        """Lists are given up at their first wrong item: each would be an error with a text of its own, and a list of
        a hundred thousand wrong items would otherwise be validated to its end whatever its bound."""
        return _failing_fast(handler(source))

    @model_validator(mode="before")
    @classmethod
    def _has_few_fields(cls, data: Any) -> Any:
        """Likewise each unknown field would be an error."""
        if isinstance(data, dict) and len(data) > len(cls.model_fields) + MAX_UNKNOWN_FIELDS:
            raise ValueError("has far more fields than there are")
        return data


class ResponseBody(BaseModel):
    """A body that clients receive. Every field is always present, null where there is nothing to say."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


def _storable(text: str) -> str:
    """Refuse what JSON can spell but neither UTF-8 nor the database can hold."""
    if "\x00" in text:
        raise ValueError("must not contain the character U+0000")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must be valid Unicode without lone surrogates")
    return text


def _spoken(text: str) -> str:
    if not normalise(text):
        raise ValueError("must not be blank")
    return text


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must not contain control characters")
    return text


def _check_json(value: JsonValue, depth: int = 0) -> None:
    if depth > _MAX_NESTING:
        raise ValueError(f"must not be nested more than {_MAX_NESTING} levels deep")
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("must not contain NaN or infinite numbers")
    elif isinstance(value, list):
        for item in value:
            _check_json(item, depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            _storable(name)
            _check_json(item, depth + 1)


def _small_metadata(value: Any) -> Any:
    """Before its values are looked at one by one, which takes a thousand times as long."""
    if len(json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")) > MAX_METADATA_BYTES:
        raise ValueError(f"must not be larger than {MAX_METADATA_BYTES} bytes as JSON")
    return value


def _checked_metadata(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    _check_json(value)
    return value


def _written(value: object) -> object:
    """The validator would take a number for seconds, or milliseconds, since 1970, whichever seems likelier."""
    if isinstance(value, datetime) or (isinstance(value, str) and _DATE.match(value)):
        return value
    raise ValueError("must be a moment with its offset, such as 2025-01-31T09:30:00Z")


Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
Text = Annotated[str, AfterValidator(_storable)]
SpokenText = Annotated[Text, AfterValidator(_spoken)]
Line = Annotated[SpokenText, AfterValidator(_printable)]
Label = Annotated[Line, Field(min_length=1, max_length=300)]
BoundedMetadata = Annotated[dict[str, JsonValue], AfterValidator(_checked_metadata), BeforeValidator(_small_metadata)]

EXAMPLE_TRACE: Final = "9f2c4f0e7b5d4c1a8e6f3b2a1d0c9e8f"
EXAMPLE_ID: Final = UUID("0b9f6c1e-5a57-4f0e-9a55-3c2f1d7e8a01")


def example(**fields: Any) -> ConfigDict:
    """Configuration that shows ``fields`` as the example of a body."""
    return ConfigDict(json_schema_extra={"examples": [fields]})
