"""What a document really is, told from its bytes. Its name and declared type only choose between kinds of text."""

import re
import zipfile
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Final

from adapters.parsers.decoding import evident_encoding, is_text
from domain.knowledge.errors import (
    CorruptDocumentError,
    EmptyDocumentError,
    EncryptedDocumentError,
    UnsupportedFormatError,
)


class Format(StrEnum):
    MARKDOWN = "markdown"
    TEXT = "text"
    HTML = "html"
    JSON = "json"
    CSV = "csv"
    PDF = "pdf"
    DOCX = "docx"
    # Read by the optional adapter.
    PPTX = "pptx"
    XLSX = "xlsx"
    EPUB = "epub"
    ODT = "odt"
    DOC = "doc"
    PPT = "ppt"
    XLS = "xls"
    MSG = "msg"
    EML = "eml"
    RTF = "rtf"
    XML = "xml"


_HEAD_BYTES: Final = 64 * 1024
_PDF_HEADER_WITHIN: Final = 1024
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_MEDIA_TYPES: Final = {
    "text/markdown": Format.MARKDOWN,
    "text/x-markdown": Format.MARKDOWN,
    "text/html": Format.HTML,
    "application/xhtml+xml": Format.HTML,
    "application/json": Format.JSON,
    "application/x-ndjson": Format.JSON,
    "application/jsonl": Format.JSON,
    "text/csv": Format.CSV,
    "text/tab-separated-values": Format.CSV,
    "application/pdf": Format.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Format.DOCX,
    "message/rfc822": Format.EML,
}
_SUFFIXES: Final = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), Format.MARKDOWN),
    **dict.fromkeys((".html", ".htm", ".xhtml"), Format.HTML),
    **dict.fromkeys((".json", ".jsonl", ".ndjson", ".geojson"), Format.JSON),
    **dict.fromkeys((".csv", ".tsv"), Format.CSV),
    **dict.fromkeys((".txt", ".text", ".log"), Format.TEXT),
    ".pdf": Format.PDF,
    ".docx": Format.DOCX,
    ".eml": Format.EML,
}
# A name or type that says one of these about text content chooses its parser.
_KINDS_OF_TEXT: Final = frozenset({Format.MARKDOWN, Format.HTML, Format.JSON, Format.CSV, Format.EML})
_ZIP_MEMBERS: Final = (("word/document", Format.DOCX), ("ppt/presentation", Format.PPTX), ("xl/workbook", Format.XLSX))
_ZIP_MEDIA_TYPES: Final = {
    b"application/epub+zip": Format.EPUB,
    b"application/vnd.oasis.opendocument.text": Format.ODT,
}
# Names of streams in the older Office files, as they stand in the directory of the container.
_OLE_STREAMS: Final = (
    ("WordDocument", Format.DOC),
    ("PowerPoint Document", Format.PPT),
    ("Workbook", Format.XLS),
    ("__properties_version1.0", Format.MSG),
)
_HTML_START: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_XML_START: Final = re.compile(r"\s*<\?xml\s", re.IGNORECASE)
_MAIL_HEADER: Final = re.compile(
    r"^(?:from|to|subject|date|message-id|mime-version|received|return-path|delivered-to):",
    re.IGNORECASE | re.MULTILINE,
)
_MAIL_HEADERS: Final = 3


def sniff(path: Path, media_type: str, name: str) -> Format:
    """Tell the format of a file.

    Raises:
        EmptyDocumentError: the file has no bytes.
        EncryptedDocumentError: an Office file that needs a password.
        CorruptDocumentError: the file claims a known format and is not of it, or its container is broken.
        UnsupportedFormatError: binary content of no known format.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    declared = _declared(media_type, name)
    if not head:
        raise EmptyDocumentError(f"'{name}' is empty. Upload a document that holds text.")
    if b"%PDF-" in head[:_PDF_HEADER_WITHIN]:
        return Format.PDF
    if head.startswith(_ZIP):
        return _zip_format(path, name)
    if head.startswith(_OLE):
        return _ole_format(path, name)
    if head.startswith(b"{\\rtf"):
        return Format.RTF
    if is_text(head):
        return _kind_of_text(head, declared)
    raise _not_text(declared, media_type, name)


def _declared(media_type: str, name: str) -> Format | None:
    essence = media_type.partition(";")[0].strip().casefold()
    by_type = Format.JSON if essence.endswith("+json") else _MEDIA_TYPES.get(essence)
    return by_type or _SUFFIXES.get(PurePosixPath(name).suffix.casefold())


def _kind_of_text(head: bytes, declared: Format | None) -> Format:
    start = head.decode(evident_encoding(head) or "latin-1", errors="ignore").lstrip("\ufeff")
    if _HTML_START.match(start):
        return Format.HTML
    if _XML_START.match(start):
        return Format.HTML if "<html" in start[:4096].casefold() else Format.XML
    if declared in _KINDS_OF_TEXT:
        return declared
    headers = start.partition("\n\n")[0] if "\r\n\r\n" not in start else start.partition("\r\n\r\n")[0]
    if declared is None and len(_MAIL_HEADER.findall(headers)) >= _MAIL_HEADERS:
        return Format.EML
    return Format.TEXT


def _zip_format(path: Path, name: str) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
            mimetype = archive.open("mimetype").read(100) if "mimetype" in members else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise CorruptDocumentError(
            f"'{name}' is a damaged or incomplete file. Save or export it again and upload the new copy."
        ) from error
    for prefix, found in _ZIP_MEMBERS:
        if any(member.startswith(prefix) for member in members):
            return found
    known = _ZIP_MEDIA_TYPES.get(mimetype.strip())
    if known is None:
        raise UnsupportedFormatError(
            f"'{name}' is an archive of no known document format. Unpack it and upload the documents one by one.",
            members=len(members),
        )
    return known


def _ole_format(path: Path, name: str) -> Format:
    content = path.read_bytes()
    if _stream_name("EncryptedPackage") in content:
        raise EncryptedDocumentError(
            f"'{name}' opens with a password only. Save a copy without a password and upload that."
        )
    for stream, found in _OLE_STREAMS:
        if _stream_name(stream) in content:
            return found
    raise UnsupportedFormatError(
        f"'{name}' is an old Office file of unknown kind. Save it as DOCX or PDF and upload that."
    )


def _stream_name(name: str) -> bytes:
    return name.encode("utf-16-le")


def _not_text(declared: Format | None, media_type: str, name: str) -> CorruptDocumentError | UnsupportedFormatError:
    if declared is None:
        return UnsupportedFormatError(
            f"'{name}' ({media_type or 'no media type'}) is of a format that cannot be read. "
            "Upload Markdown, HTML, text, JSON, CSV, PDF or DOCX.",
            media_type=media_type,
        )
    return CorruptDocumentError(
        f"'{name}' is named as {declared} but holds something else. Check the file and upload it again.",
        declared=declared,
    )
