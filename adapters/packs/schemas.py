"""JSON Schema (2020-12), by the library that the specification's authors keep."""

from datetime import datetime
from functools import lru_cache
from json import dumps, loads
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError

from domain.packs.tool import ToolDef

# The library's own check of date-time needs another library; the standard one reads the same form.
_FORMATS: Final = FormatChecker(())
_MAX_PROBLEMS: Final = 5
_TOO_FAR: Final = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "maxLength", "minLength"}


@_FORMATS.checks("date-time", ValueError)
def _is_a_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def schema_problem(schema: dict[str, Any]) -> str | None:
    """Why ``schema`` is no JSON Schema of this edition; None when it is one. References to elsewhere are refused."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = ".".join(str(part) for part in error.absolute_path) or "the schema"
        return f"{where}: {error.message}"
    if "$ref" in dumps(schema) and '"$ref": "#' not in dumps(schema):
        return "$ref: only references within the schema are allowed"
    return None


class JsonSchemaValidator:
    """Implements ArgumentValidator."""

    def problems(self, tool: ToolDef, arguments: dict[str, Any]) -> tuple[str, ...]:
        """A sentence for each problem, at most five; none quotes more of a value than a question's own words."""
        errors = sorted(_validator(dumps(tool.json_schema, sort_keys=True)).iter_errors(arguments), key=str)
        return tuple(_sentence(error) for error in errors[:_MAX_PROBLEMS])


@lru_cache(maxsize=256)
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(loads(schema), format_checker=_FORMATS)


def _sentence(error: ValidationError) -> str:
    name = ".".join(str(part) for part in error.absolute_path) or "the arguments"
    if error.validator in _TOO_FAR:
        return f"'{name}' is out of range ({error.validator} {error.validator_value})."
    if error.validator in ("required", "additionalProperties"):
        return f"{error.message}."
    return f"'{name}' does not fit ({error.validator})."
