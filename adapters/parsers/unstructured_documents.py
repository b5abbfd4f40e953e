"""Formats beyond the light parsers, read by the optional library `unstructured`."""

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any, Final

from adapters.parsers.document_text import DocumentText
from adapters.parsers.sniffing import Format
from domain.knowledge.errors import CorruptDocumentError, IngestError, UnsupportedFormatError
from domain.knowledge.parsed import ParsedDocument

PARSER: Final = "unstructured/1"
FORMATS: Final = (
    Format.PPTX, Format.XLSX, Format.EPUB, Format.ODT, Format.DOC, Format.PPT, Format.XLS, Format.MSG, Format.EML,
    Format.RTF, Format.XML,
)  # fmt: skip
# Where two names differ the library reads both formats with one module.
_MODULES: Final = {Format.EML: "email", Format.XLS: "xlsx"}
_MISSING_PROGRAM: Final = frozenset({"pandoc", "soffice", "libreoffice"})
_LANGUAGE_MODEL: Final = "en_core_web_sm"


class UnstructuredParser:
    """Tells which format it is given by ``media_type``, which here is a Format."""

    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:
        """Raises UnsupportedFormatError when the library, or what it needs for this format, is not installed."""
        partition = _partition(Format(media_type), name)
        try:
            elements = partition(filename=str(path), languages=[""], include_page_breaks=False)
        except IngestError:
            raise
        except (ImportError, LookupError, OSError) as error:
            raise _incomplete(media_type, name, error) from error
        except SystemExit as error:
            # spaCy ends the process when its download of a model fails.
            raise _incomplete(media_type, name, error) from error
        # The library lets the errors of a dozen others through.
        except Exception as error:
            raise _failed(media_type, name, error) from error
        text = DocumentText(name)
        for element in elements:
            _write(text, element)
        return text.finish(_title(elements) or PurePosixPath(name).stem or None, media_type, PARSER)


def _partition(wanted: Format, name: str) -> Callable[..., list[Any]]:
    module = _MODULES.get(wanted, str(wanted))
    try:
        loaded = import_module(f"unstructured.partition.{module}")
    except ImportError as error:
        raise UnsupportedFormatError(
            f"'{name}' is a {wanted} file, which needs an optional part. Install it with "
            "pip install --no-deps -r requirements/unstructured.txt, or save the document as PDF, DOCX or HTML.",
            format=wanted,
            missing=error.name,
        ) from error
    function: Callable[..., list[Any]] = getattr(loaded, f"partition_{module}")
    return function


def _incomplete(wanted: str, name: str, error: BaseException) -> IngestError:
    return UnsupportedFormatError(
        f"'{name}' is a {wanted} file, and what unstructured needs to read it is not installed: see docs/FORMATS.md. "
        "Or save the document as PDF, DOCX or HTML.",
        format=wanted,
        error_type=type(error).__name__,
    )


def _failed(wanted: str, name: str, error: Exception) -> IngestError:
    reason = str(error)
    # The library has no classes for these, only words.
    if _LANGUAGE_MODEL in reason:
        return UnsupportedFormatError(
            f"'{name}' is a {wanted} file, which needs spaCy's language model {_LANGUAGE_MODEL}. Install it with "
            f"python -m spacy download {_LANGUAGE_MODEL}, or save the document as PDF, DOCX or HTML.",
            format=wanted,
            missing=_LANGUAGE_MODEL,
        )
    if any(program in reason for program in _MISSING_PROGRAM):
        return _incomplete(wanted, name, error)
    return CorruptDocumentError(
        f"'{name}' cannot be read as {wanted}. Save or export it again and upload the new copy.",
        error_type=type(error).__name__,
    )


def _write(text: DocumentText, element: Any) -> None:
    text.page = getattr(element.metadata, "page_number", None)
    words = element.text or ""
    if element.category == "Title":
        text.heading(words, min((element.metadata.category_depth or 0) + 1, 6))
    elif element.category == "ListItem":
        text.list_lines([f"- {line}" for line in words.split("\n") if line.strip()])
    elif element.category == "Table":
        text.table(_rows(element.metadata.text_as_html) or [[words]])
    else:
        text.paragraph(words)


def _rows(html: str | None) -> list[list[str]]:
    from selectolax.lexbor import LexborHTMLParser

    if not html:
        return []
    rows = LexborHTMLParser(html).css("tr")
    return [[cell.text(separator=" ") for cell in row.css("td, th")] for row in rows]


def _title(elements: Iterable[Any]) -> str | None:
    titles = (element.text for element in elements if element.category == "Title")
    return next((" ".join(title.split()) for title in titles if title and title.strip()), None)
