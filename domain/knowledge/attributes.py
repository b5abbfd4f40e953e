"""What an uploader says of a document to find it by: tags, a tier, a language and typed attributes."""

import math
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr, StringConstraints

from domain.base import Value

MAX_ATTRIBUTES: Final = 32
MAX_TAGS: Final = 32
_MAX_NUMBER: Final = 2**53


def _plain(text: str) -> str:
    if not text.isprintable() or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not contain control characters")
    return text


def _finite(number: float) -> float:
    if not math.isfinite(number) or abs(number) > _MAX_NUMBER:
        raise ValueError("must be a finite number of at most 2^53")
    return number


Label = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_plain)]
"""A tag, a tier or a language: printable, compared as it is."""

AttributeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
AttributeText = Annotated[StrictStr, Field(max_length=500), AfterValidator(_plain)]
AttributeNumber = Annotated[StrictInt | StrictFloat, AfterValidator(_finite)]
AttributeValue = StrictBool | AttributeNumber | AttributeText
"""Text, a number or a truth value; a date is text in ISO 8601, whose order is that of time."""

Attributes = Annotated[dict[AttributeName, AttributeValue], Field(max_length=MAX_ATTRIBUTES)]
Tags = Annotated[tuple[Label, ...], Field(max_length=MAX_TAGS)]


class AttributeFilter(Value):
    """Passages whose attribute ``name`` is one of ``any_of`` and lies within the bounds, both included.

    Types count: a number is never equal to, less or more than a text. A passage without the attribute does not match.
    """

    name: AttributeName
    any_of: Annotated[tuple[AttributeValue, ...], Field(max_length=100)] | None = None
    at_least: AttributeNumber | AttributeText | None = None
    at_most: AttributeNumber | AttributeText | None = None

    def matches(self, attributes: dict[str, Any]) -> bool:
        """Whether a passage with these attributes matches."""
        value = attributes.get(self.name)
        if value is None:
            return False
        if self.any_of is not None and not any(_same_type(value, one) and value == one for one in self.any_of):
            return False
        low, high = self.at_least, self.at_most
        return (low is None or (_same_type(value, low) and value >= low)) and (
            high is None or (_same_type(value, high) and value <= high)
        )


def _same_type(one: object, other: object) -> bool:
    return _type(one) is _type(other)


def _type(value: object) -> type:
    return float if type(value) is int else type(value)
