"""What PostgreSQL cannot hold: the character NUL, in text and in jsonb."""

from typing import Final

from domain.base import JsonValue

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def storable_text(text: str) -> str:
    """``text`` with NUL shown as a replacement character."""
    return text.replace("\0", _REPLACEMENT)


def storable_json(value: JsonValue) -> JsonValue:
    """``value`` with NUL replaced in every string and key."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, list):
        return [storable_json(item) for item in value]
    if isinstance(value, dict):
        return {storable_text(key): storable_json(item) for key, item in value.items()}
    return value
