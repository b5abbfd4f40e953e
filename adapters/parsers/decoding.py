"""From bytes to text: byte order marks first, then UTF-8, then a guess that must hold."""

import codecs
import re
from typing import Final, NamedTuple

from charset_normalizer import from_bytes

from domain.errors import CorruptDocumentError, EmptyDocumentError

# UTF-32 before UTF-16: the mark of the one begins with the mark of the other.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMONEST: Final = "cp1252"
_BINARY: Final = (b"%PDF-", b"PK\x03\x04")
_CONTROLS: Final = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS: Final = 0.01
# Enough to tell one 8-bit encoding from another; a guess over the whole of a large file takes minutes.
_GUESS_BYTES: Final = 256 * 1024


class DecodedText(NamedTuple):
    """``text`` has no byte order mark and ends its lines with a line feed."""

    text: str
    encoding: str


def decode(content: bytes, name: str) -> DecodedText:
    """Decode the bytes of a text document.

    Raises:
        EmptyDocumentError: there is nothing but white space.
        CorruptDocumentError: the bytes are no text in any encoding that fits.
    """
    text, encoding = _decode(content, name)
    if _is_binary(content, text):
        raise CorruptDocumentError(
            f"'{name}' holds binary data and not text. Upload the text itself, or name the file by its format."
        )
    if not text.strip():
        raise EmptyDocumentError(f"'{name}' holds no text. Upload a document that has some.")
    return DecodedText(text.replace("\r\n", "\n").replace("\r", "\n"), encoding)


def _decode(content: bytes, name: str) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding, name), encoding.removesuffix("-sig")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = _guess(content, name)
        return _strictly(content, encoding, name), encoding


def _guess(content: bytes, name: str) -> str:
    matches = from_bytes(content[:_GUESS_BYTES])
    best = matches.best()
    if best is None:
        raise CorruptDocumentError(
            f"The encoding of '{name}' cannot be recognised. Save the document as UTF-8 and upload it again."
        )
    for match in matches:
        # Short Western texts fit several encodings equally well; this one is by far the commonest.
        as_likely = (match.chaos, match.coherence) == (best.chaos, best.coherence)
        if as_likely and _COMMONEST in match.could_be_from_charset:
            return _COMMONEST
    return best.encoding


def _strictly(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CorruptDocumentError(
            f"'{name}' looks like {encoding} but cannot be decoded. Save it as UTF-8 and upload it again.",
            encoding=encoding,
            byte_offset=error.start,
        ) from error


def _is_binary(content: bytes, text: str) -> bool:
    if content.startswith(_BINARY) or "\x00" in text:
        return True
    return len(_CONTROLS.findall(text)) > len(text) * _MOST_CONTROLS
