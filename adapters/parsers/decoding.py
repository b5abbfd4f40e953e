"""From bytes to text: byte order marks first, then UTF-8, then what was declared, then a guess."""

import codecs
import re
from typing import Final, NamedTuple

from adapters.parsers.encoding_guess import guessed_encoding, unmarked_utf16
from domain.knowledge.errors import CorruptDocumentError, EmptyDocumentError

# UTF-32 before UTF-16: the mark of the one begins with the mark of the other.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY: Final = (b"%PDF-", b"PK\x03\x04")
# Their bytes are all valid UTF-8, so only the declaration can tell.
_ASCII_IN_DISGUISE: Final = frozenset({"iso2022_jp", "hz"})
_ASCII: Final = re.compile("[\x00-\x7f]+")
_SOUND_TO_BROKEN: Final = 20
_CONTROL_BYTES: Final = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROLS: Final = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS: Final = 0.01
_HEAD_BYTES: Final = 64 * 1024


class DecodedText(NamedTuple):
    """``text`` has no byte order mark and ends its lines with a line feed."""

    text: str
    encoding: str


def decode(content: bytes, name: str, declared: str | None = None) -> DecodedText:
    """Decode the bytes of a text document. ``declared`` is the encoding that the document itself names, if any.

    Raises:
        EmptyDocumentError: there is nothing but white space.
        CorruptDocumentError: the bytes are no text in any encoding that fits.
    """
    text, encoding = _decode(content, name, declared)
    if _is_binary(content, text):
        raise CorruptDocumentError(
            f"'{name}' holds binary data and not text. Upload the text itself, or name the file by its format."
        )
    if not text.strip():
        raise EmptyDocumentError(f"'{name}' holds no text. Upload a document that has some.")
    return DecodedText(text.replace("\r\n", "\n").replace("\r", "\n"), encoding)


def is_text(content: bytes) -> bool:
    """Whether the beginning of a document looks like text in some encoding."""
    if evident_encoding(content):
        return True
    controls = len(_CONTROL_BYTES.findall(content))
    return b"\x00" not in content and controls <= len(content) * _MOST_CONTROLS


def evident_encoding(content: bytes) -> str | None:
    """The encoding that a byte order mark names, or UTF-16 by its zeros."""
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    return marked or unmarked_utf16(content[:_HEAD_BYTES])


def _decode(content: bytes, name: str, declared: str | None) -> tuple[str, str]:
    evident = evident_encoding(content)
    if evident:
        return _strictly(content, evident, name), evident.removesuffix("-sig")
    if declared in _ASCII_IN_DISGUISE:
        return _strictly(content, declared, name), declared
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _from_other_encoding(content, name, declared)


def _from_other_encoding(content: bytes, name: str, declared: str | None) -> tuple[str, str]:
    if declared and not declared.startswith("utf"):
        try:
            return content.decode(declared), declared
        except UnicodeDecodeError:
            pass  # A wrong declaration is no reason to refuse what a guess can read.
    fixed = content.decode("utf-8", errors="replace")
    if _is_mostly_sound(fixed):
        return fixed, "utf-8"
    encoding = guessed_encoding(content)
    text = content.decode(encoding, errors="replace")
    if not _is_mostly_sound(text):
        raise CorruptDocumentError(
            f"The encoding of '{name}' cannot be recognised. Save the document as UTF-8 and upload it again.",
            encoding=encoding,
        )
    return text, encoding


def _is_mostly_sound(fixed: str) -> bool:
    """One broken byte in a long text must not turn every other letter of it into two wrong ones."""
    broken = fixed.count("\ufffd")
    foreign = len(_ASCII.sub("", fixed))
    return foreign >= (_SOUND_TO_BROKEN + 1) * broken


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
