"""One uploaded file: its form read with bounds, its bytes hashed on the way to a temporary file."""

import asyncio
import hashlib
import mimetypes
import re
import tempfile
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, BinaryIO, Final, NamedTuple
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from starlette.datastructures import FormData, UploadFile

from api.edge.json_bodies import parse_json
from api.edge.multipart_form import received_form
from api.edge.schema import Label, Line, RequestBody
from domain.errors import InvalidRequestError, MalformedRequestError, TooLargeError
from domain.identity.principal import Visibility
from domain.knowledge import attributes
from domain.knowledge.attributes import MAX_ATTRIBUTES, Attributes, Tags

_BLOCK_BYTES: Final = 1024 * 1024
_REPEATED: Final = ("roles", "tags")
_MAX_NAME: Final = 500
_UNKNOWN_TYPE: Final = "application/octet-stream"
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,100}/[a-z0-9.+-]{1,100}")
_NOT_IN_ADDRESSES: Final = frozenset("\"'`<>{}|\\^")
# The backslash; what looks like it or like a slash; and letters that show nothing.
_NOT_IN_NAMES: Final = frozenset("\\\u2044\u2215\u2216\u29f5\u29f8\u29f9\u115f\u1160\u3164\uffa0\u2800")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_JOINER: Final = re.compile("[\u200c\u200d]")
# At either end, and beside what never joins.
_JOINER_FOR_NOTHING: Final = re.compile(
    "(?:(?<![^\x00-\u02ff\u200c\u200d])[\u200c\u200d])|(?:[\u200c\u200d](?![^\x00-\u02ff\u200c\u200d]))"
)
_MEDIA_TYPES: Final = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".json": "application/json",
    ".csv": "text/csv",
    ".pdf": "application/pdf",
}


def _web_address(url: str) -> str:
    """An address that can stand in a page or a mail as it is, and says where it leads."""
    address = urlsplit(url)
    if address.scheme not in ("https", "http") or not address.hostname or address.port == 0:
        raise ValueError("must be an http or https address with a host")
    if "@" in address.netloc:
        raise ValueError("must not have a user or a password before its host")
    if any(character in _NOT_IN_ADDRESSES or character.isspace() for character in url):
        raise ValueError("must not have spaces, quotes, backslashes or brackets such as < and {; write them as %20 …")
    return url


def _read_json(text: Any) -> Any:
    """Form fields are text: an object of attributes comes as JSON."""
    try:
        return parse_json(text.encode(), MAX_ATTRIBUTES + 1, max_depth=1) if isinstance(text, str) else text
    except (MalformedRequestError, InvalidRequestError, UnicodeEncodeError):
        raise ValueError(
            f'must be a JSON object of at most {MAX_ATTRIBUTES} values, such as {{"product": "alpha", "year": 2025}}'
        ) from None


class UploadFields(RequestBody):
    """The fields beside the file."""

    name: Annotated[str, Field(max_length=_MAX_NAME)] | None = None
    title: Label | None = None
    url: Annotated[Line, Field(max_length=2_000), AfterValidator(_web_address)] | None = None
    visibility: Visibility | None = None
    roles: Annotated[tuple[Label, ...], Field(max_length=20)] = ()
    tags: Tags = ()
    tier: attributes.Label | None = None
    language: attributes.Label | None = None
    attributes: Annotated[Attributes, BeforeValidator(_read_json)] = Field(default_factory=dict)
    wait: bool = False


class Upload(NamedTuple):
    """A checked upload, its bytes in ``path`` for as long as the context lasts."""

    name: str
    fields: UploadFields
    path: Path
    sha256: str
    size_bytes: int
    media_type: str


@asynccontextmanager
async def received_upload(request: Request, max_bytes: int) -> AsyncIterator[Upload]:
    """Read the multipart body. The file goes to disk while it comes in and is gone when the context ends.

    Raises what ``received_form`` does, InvalidRequestError (or the framework's validation error) and TooLargeError.
    """
    async with received_form(request) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidRequestError("The part 'file' with the document's bytes is missing.")
        fields = _fields_of(form)
        name = _checked_name(fields.name or file.filename or "")
        if file.size is not None and file.size > max_bytes:
            raise TooLargeError(f"The file is larger than the {max_bytes} bytes allowed.", limit_bytes=max_bytes)
        with tempfile.TemporaryDirectory(prefix="answerable-upload-") as folder:
            path = Path(folder, "source")
            sha256 = await asyncio.to_thread(_copy_hashing, file.file, path)
            size_bytes = path.stat().st_size  # noqa: ASYNC240 - one stat of a local file
            yield Upload(name, fields, path, sha256, size_bytes, _media_type(name, file.content_type))


def _fields_of(form: FormData) -> UploadFields:
    twice = [name for name in form if name not in _REPEATED and len(form.getlist(name)) > 1]
    if twice:
        raise RequestValidationError([{"type": "twice", "loc": ("body", name), "msg": "Came twice"} for name in twice])
    sent: dict[str, Any] = {name: value for name, value in form.items() if name not in ("file", *_REPEATED)}
    sent |= {name: tuple(form.getlist(name)) for name in _REPEATED if name in form}
    try:
        return UploadFields.model_validate(sent)
    except ValidationError as error:
        found = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_input=False)]
        raise RequestValidationError(found) from None


def _checked_name(name: str) -> str:
    """The name by which the dataset knows the document: a relative path in its one spelling.

    `a//b.md` and `./a/b.md` name the file `a/b.md` and would be other documents. ` a.md`, wide letters and spaces that
    do not break only look different; a joiner counts where a script or an emoji needs it.
    """
    letters = _JOINER_FOR_NOTHING.sub("", name[: _MAX_NAME + 1])
    plain = "/".join(part.strip() for part in unicodedata.normalize("NFKC", letters).split("/"))
    is_printable = _JOINER.sub("", plain).isprintable() and not _CONTROL.search(name)
    is_bounded = len(name) <= _MAX_NAME and len(plain) <= _MAX_NAME
    # A letter that stands for a path, such as ℀, would put the document into another folder.
    if not is_bounded or not is_printable or not _is_plain_path(plain) or name.count("/") != plain.count("/"):
        raise InvalidRequestError(
            f"The document needs a name: 1 to {_MAX_NAME} printable characters, a relative path with single forward "
            "slashes, without '.', '..' and backslashes. Send it as the field 'name' or as the file name."
        )
    return plain


def _is_plain_path(name: str) -> bool:
    return not _NOT_IN_NAMES & set(name) and not {"", ".", ".."} & set(name.split("/"))


def _copy_hashing(source: BinaryIO, target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as sink:
        while block := source.read(_BLOCK_BYTES):
            digest.update(block)
            sink.write(block)
    return digest.hexdigest()


def _media_type(name: str, declared: str | None) -> str:
    """By the name where it says so: clients call Markdown plain text, or just bytes."""
    by_name = _MEDIA_TYPES.get(PurePosixPath(name).suffix.lower())
    if by_name is not None:
        return by_name
    bare = (declared or "").partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(bare) and bare != _UNKNOWN_TYPE:
        return bare
    return mimetypes.guess_type(name)[0] or _UNKNOWN_TYPE
