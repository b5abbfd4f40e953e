"""The zip of XML files that a Word document is, read within limits."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from adapters.parsers.limits import MAX_TAGS, MOST_UNPACKED_BYTES, check_structure
from domain.knowledge.errors import CorruptDocumentError, DocumentTooLargeError, EncryptedDocumentError

_ENCRYPTED_FLAG: Final = 0x1
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# The same elements in files that were saved as "Strict Open XML".
_STRICT: Final = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL: Final = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"


class Package:
    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._unpacked = 0
        self._tags = 0

    def part(self, path: str) -> Element | None:
        """The root element of a part; None when there is none.

        Raises:
            DocumentTooLargeError: it unpacks to more than may be held, as zip bombs do.
            CorruptDocumentError: it is no well-formed XML, or declares entities.
        """
        try:
            info = self._archive.getinfo(path)
        except KeyError:
            return None
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise EncryptedDocumentError(
                f"'{self._name}' opens with a password only. Save a copy without a password and upload that."
            )
        # The archive is never read beyond the size that it states, so this sum bounds what is unpacked.
        self._unpacked += info.file_size
        if self._unpacked > MOST_UNPACKED_BYTES:
            raise DocumentTooLargeError(
                f"'{self._name}' unpacks to more than {MOST_UNPACKED_BYTES:,} bytes. Split it into several documents.",
                most_unpacked_bytes=MOST_UNPACKED_BYTES,
            )
        try:
            content = self._archive.read(info).replace(_STRICT, _TRANSITIONAL)
            self._check_tags(content)
            root: Element = fromstring(content, forbid_dtd=True)
        except DefusedXmlException as error:
            raise CorruptDocumentError(
                f"'{self._name}' holds XML entities or a document type, which Word never writes. Save it again in Word."
            ) from error
        except (
            ParseError,
            zipfile.BadZipFile,
            zlib.error,
            ValueError,
            OSError,
            EOFError,
            NotImplementedError,
        ) as error:
            raise damaged(self._name) from error
        return root

    def _check_tags(self, content: bytes) -> None:
        self._tags += content.count(b"<")
        check_structure(self._tags, MAX_TAGS, "tags, of paragraphs, runs and cells", self._name)


@contextmanager
def opened(path: Path, name: str) -> Iterator[Package]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise damaged(name) from error
    with archive:
        yield Package(archive, name)


def damaged(name: str) -> CorruptDocumentError:
    return CorruptDocumentError(
        f"'{name}' is a damaged or incomplete Word document. Save it again in Word and upload the new copy."
    )
