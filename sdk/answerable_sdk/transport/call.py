"""One call of the API as data: how to build its request and how to read its response. Sends nothing."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Generic, TypeAlias, TypeVar, overload
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

from answerable_sdk.errors import error_from
from answerable_sdk.model import Model

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)
ModelResult = TypeVar("ModelResult", bound=Model)
Id: TypeAlias = UUID | str


@dataclass(frozen=True)
class Upload:
    """A file to send; opened again for each attempt."""

    name: str
    content: bytes | Path
    fields: Mapping[str, Any]

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """The content from its beginning. Raises OSError for a file that cannot be read."""
        with io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb") as opened:
            yield opened


@dataclass(frozen=True)
class Call(Generic[Result_co]):
    """One request and how to read its response. ``parse`` raises ResponseError for an error; ``retried`` is False
    where an error status is the answer. All attempts send the same headers, so the same Idempotency-Key."""

    method: str
    path: str
    parse: Callable[[httpx.Response], Result_co]
    json: Mapping[str, Any] | None = None
    params: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None
    retried: bool = True

    @contextmanager
    def arguments(self) -> Iterator[dict[str, Any]]:
        """Arguments for an httpx client's ``request``, with the file open for as long as the context lasts."""
        base = {
            "method": self.method,
            "url": self.path,
            "json": self.json,
            "params": self.params,
            "headers": self.headers,
        }
        if self.upload is None:
            yield base
            return
        with self.upload.opened() as content:
            yield base | {"data": self.upload.fields, "files": {"file": (self.upload.name, content)}}


@overload
def parse_as(model: type[ModelResult], *, also: tuple[int, ...] = ()) -> Callable[[httpx.Response], ModelResult]: ...
@overload
def parse_as(
    model: type[ModelResult], pick: Callable[[ModelResult], Result], *, also: tuple[int, ...] = ()
) -> Callable[[httpx.Response], Result]: ...
def parse_as(
    model: type[ModelResult], pick: Callable[[ModelResult], Any] | None = None, *, also: tuple[int, ...] = ()
) -> Callable[[httpx.Response], Any]:
    """How to read a response that is a ``model``, or what ``pick`` takes from it. Its status is a success, or in
    ``also``; the parser raises ResponseError for any other."""

    def parse(response: httpx.Response) -> Any:
        if not response.is_success and response.status_code not in also:
            raise error_from(response)
        found = model.model_validate_json(response.content)
        return found if pick is None else pick(found)

    return parse


def without_none(**values: Any) -> dict[str, Any]:
    """The values that are not None, with ids as text."""
    return {
        name: str(value) if isinstance(value, UUID) else value for name, value in values.items() if value is not None
    }


def segment(value: Id) -> str:
    """A value as one segment of a path."""
    return quote(str(value), safe="")


def idempotency(key: str | None) -> dict[str, str]:
    """The Idempotency-Key header: the caller's key, or a new one."""
    return {"Idempotency-Key": key or str(uuid4())}
