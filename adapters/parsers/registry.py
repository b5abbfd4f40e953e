"""Which parser reads which document: by what its bytes are."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol

from adapters.parsers.csv_table import CsvParser
from adapters.parsers.docx.document import DocxParser
from adapters.parsers.html.document import HtmlParser
from adapters.parsers.json_document import JsonParser
from adapters.parsers.markdown import MarkdownParser
from adapters.parsers.pdf.document import PdfParser
from adapters.parsers.sniffing import Format, sniff
from adapters.parsers.text import TextParser
from adapters.parsers.unstructured_documents import FORMATS, UnstructuredParser
from domain.knowledge.parsed import ParsedDocument


class FormatParser(Protocol):
    """Reads one format, in the calling thread."""

    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:
        """Raises an IngestError of the fitting code for content that cannot be parsed."""
        ...


_LIGHT: Final[Mapping[Format, Callable[[], FormatParser]]] = {
    Format.MARKDOWN: MarkdownParser,
    Format.TEXT: TextParser,
    Format.HTML: HtmlParser,
    Format.JSON: JsonParser,
    Format.CSV: CsvParser,
    Format.PDF: PdfParser,
    Format.DOCX: DocxParser,
}


class ParserRegistry:
    """Reads any supported document, in this process: nothing bounds what a hostile one makes it use."""

    def __init__(self) -> None:
        self._parsers: dict[Format, FormatParser] = {known: make() for known, make in _LIGHT.items()}
        self._parsers.update(dict.fromkeys(FORMATS, UnstructuredParser()))

    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:
        """Raises the IngestError that says why a document cannot be read."""
        found = sniff(path, media_type, name)
        return self._parsers[found].parse(path, found, name)
