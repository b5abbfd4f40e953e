"""Forms that are read whole, in UTF-8, or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import Request
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser

from api.edge.request_checks import is_utf8
from domain.errors import MalformedRequestError, UnsupportedMediaTypeError

_MAX_FIELDS: Final = 40
_MAX_FIELD_BYTES: Final = 16 * 1024


@asynccontextmanager
async def received_form(request: Request) -> AsyncIterator[FormData]:
    """A multipart body with at most one file, which goes to disk and is closed with the context.

    Raises UnsupportedMediaTypeError and MalformedRequestError.
    """
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data") or not is_utf8(content_type):
        raise UnsupportedMediaTypeError("Send the document as multipart/form-data, in UTF-8, in a part named 'file'.")
    parser = _WholeForm(
        request.headers,
        request.stream(),
        max_files=1,
        max_fields=_MAX_FIELDS,
        max_part_size=_MAX_FIELD_BYTES,
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise MalformedRequestError(f"The form cannot be read. {error.message}") from None
    try:
        if not parser.is_whole:
            # What is missing might have said who may see the document.
            raise MalformedRequestError("The form ends before its last boundary. Send all of it.")
        yield form
    finally:
        parser.close()


class _WholeForm(MultiPartParser):
    """The framework's parser takes bytes that are no UTF-8 for Latin-1, and the beginning of a form for the form."""

    is_whole = False

    def on_headers_finished(self) -> None:
        _require_utf8(self._current_part.content_disposition or b"")
        super().on_headers_finished()

    def on_part_end(self) -> None:
        if self._current_part.file is None:
            _require_utf8(self._current_part.data)
        super().on_part_end()

    def on_end(self) -> None:
        self.is_whole = True

    def close(self) -> None:
        """Also files whose part did not end, which the form does not know."""
        for file in self._files_to_close_on_error:
            file.close()


def _require_utf8(data: bytes | bytearray) -> None:
    try:
        data.decode()
    except UnicodeDecodeError:
        raise MultiPartException("A name or a field is not UTF-8.") from None
