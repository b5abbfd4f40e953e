"""What all responses share. Unknown fields are ignored, so that the server may be newer than this package."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Base of all responses: immutable."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Notice(Model):
    """Something to know about an answer."""

    code: str
    message: str


class ErrorBody(Model):
    """A failure as data."""

    code: str
    message: str
    details: dict[str, Any]
