"""The base of every value type: immutable, and deaf to fields that it does not know only where told so."""

import hashlib

from pydantic import BaseModel, ConfigDict, JsonValue

__all__ = ["JsonValue", "Value", "sha256_of"]


class Value(BaseModel):
    """A frozen value. Unknown fields are ignored on reading, so that histories written by an older or newer
    release still decode; the HTTP edge has its own base that refuses them. Errors do not quote the input, which may
    be a document or a question, for they end in logs."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def sha256_of(text: str) -> str:
    """SHA-256 (hex) of a text's UTF-8: how histories and audits name a text that they do not hold."""
    return hashlib.sha256(text.encode()).hexdigest()
