"""HTML pages: every visible word, with headings, lists, tables, code and quotes as blocks."""

import codecs
import re
from pathlib import Path, PurePosixPath
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from adapters.parsers.decoding import decode
from adapters.parsers.document_text import DocumentText
from adapters.parsers.html.markup import check_markup
from adapters.parsers.html.reader import read_page
from adapters.parsers.limits import bounded_bytes, check_characters
from domain.knowledge.parsed import ParsedDocument

PARSER: Final = "html/2"
_META_CHARSET: Final = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_META_WITHIN: Final = 4096


class HtmlParser:
    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:  # noqa: ARG002
        """Raises CorruptDocumentError, EmptyDocumentError or DocumentTooLargeError."""
        content = bounded_bytes(path, name)
        decoded = decode(content, name, _declared_encoding(content))
        check_characters(len(decoded.text), name)
        check_markup(decoded.text, name)
        page = LexborHTMLParser(decoded.text)
        text = DocumentText(name)
        if page.root is not None:
            read_page(page.root, decoded.text, text)
        return text.finish(
            _title(page) or PurePosixPath(name).stem or None, "text/html", PARSER, encoding=decoded.encoding
        )


def _declared_encoding(content: bytes) -> str | None:
    found = _META_CHARSET.search(content, 0, _META_WITHIN)
    if found is None:
        return None
    try:
        encoding = codecs.lookup(found.group(1).decode("ascii")).name
    except (LookupError, UnicodeDecodeError):
        return None
    # What pages call Latin-1 is Windows' extension of it: the HTML standard says so.
    return "cp1252" if encoding in ("iso8859-1", "ascii") else encoding


def _title(page: LexborHTMLParser) -> str | None:
    for selector in ("head > title", "h1"):
        node = page.css_first(selector)
        words = " ".join((node.text() or "").split()) if node is not None else ""
        if words:
            return words
    return None
