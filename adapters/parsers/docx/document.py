"""Word documents (DOCX), read from their XML so that no kind of text is missed.

Body text, tables, text boxes, content controls, inserted text, formulas, footnotes and endnotes are read. Headers,
footers, comments and deleted text are not part of what the document says, and are left out.
"""

import posixpath
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final
from xml.etree.ElementTree import Element

from adapters.parsers.document_text import DocumentText
from adapters.parsers.docx.package import Package, W, damaged, opened
from adapters.parsers.docx.styles import Numbering, Style, Styles
from adapters.parsers.docx.tables import UNSEEN, table_rows
from domain.knowledge.errors import DocumentTooLargeError
from domain.knowledge.parsed import ParsedDocument

PARSER: Final = "docx/2"
_ALTERNATIVE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_MATH_TEXT: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_DUBLIN_CORE: Final = "{http://purl.org/dc/elements/1.1/}title"
_SIGNS: Final = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}
_NOTES: Final = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
_PAGE_BREAK: Final = f"{W}lastRenderedPageBreak"
_DEEPEST_INDENTATION: Final = 8


class DocxParser:
    def parse(self, path: Path, media_type: str, name: str) -> ParsedDocument:  # noqa: ARG002
        """Raises CorruptDocumentError, EncryptedDocumentError, EmptyDocumentError or DocumentTooLargeError."""
        text = DocumentText(name)
        with opened(path, name) as package:
            body = _main_part(package, name)
            try:
                title = _BodyReader(package, posixpath.dirname(body), text).read(body, name)
            except RecursionError as error:
                raise DocumentTooLargeError(
                    f"'{name}' nests tables or text boxes too deeply. Flatten it before uploading it."
                ) from error
            title = _stated_title(package) or title
        return text.finish(
            title or PurePosixPath(name).stem or None,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            PARSER,
        )


def _main_part(package: Package, name: str) -> str:
    relations = package.part("_rels/.rels")
    for relation in relations if relations is not None else ():
        if (relation.get("Type") or "").endswith("/officeDocument"):
            return posixpath.normpath((relation.get("Target") or "").lstrip("/"))
    raise damaged(name)


def _stated_title(package: Package) -> str | None:
    properties = package.part("docProps/core.xml")
    stated = properties.findtext(_DUBLIN_CORE) if properties is not None else None
    return " ".join((stated or "").split()) or None


class _BodyReader:
    def __init__(self, package: Package, folder: str, text: DocumentText) -> None:
        self._package = package
        self._folder = folder
        self._text = text
        self._styles = Styles(package.part(f"{folder}/styles.xml"))
        self._numbering = Numbering(package.part(f"{folder}/numbering.xml"))
        self._title: str | None = None
        self._list: list[str] = []
        self._code: list[str] = []
        self._run_page: int | None = None
        self._boxes: list[Element] = []
        self._notes: dict[tuple[str, str], int] = {}

    def read(self, path: str, name: str) -> str | None:
        """Write the document's text; return its title if a paragraph is styled as one, or its first heading."""
        root = self._package.part(path)
        body = root.find(f"{W}body") if root is not None else None
        if body is None:
            raise damaged(name)
        # Only Word's own last layout knows the pages; without it there are none to cite.
        self._text.page = 1 if _page_breaks(body) else None
        self._read_blocks(body)
        self._end_runs()
        self._text.page = None
        self._write_notes()
        return self._title

    def _read_blocks(self, parent: Element) -> None:
        for element in parent:
            if element.tag == f"{W}p":
                self._read_paragraph(element)
            elif element.tag == f"{W}tbl":
                self._end_runs()
                self._text.merged_table(table_rows(element, self._cell_words))
                self._turn_pages(_page_breaks(element))
            elif element.tag == _ALTERNATIVE:
                self._read_blocks(_chosen(element))
            elif element.tag not in UNSEEN:
                # Content controls, insertions, custom XML: only wrappings.
                self._read_blocks(element)

    def _read_paragraph(self, paragraph: Element) -> None:
        boxes, self._boxes = self._boxes, []
        words = "".join(self._words(paragraph))
        self._turn_pages(_leading_page_breaks(paragraph))
        self._write(words, self._styles.of(paragraph))
        self._turn_pages(_page_breaks(paragraph) - _leading_page_breaks(paragraph))
        found, self._boxes = self._boxes, boxes
        for box in found:
            self._read_blocks(box)

    def _turn_pages(self, count: int) -> None:
        if self._text.page is not None:
            self._text.page += count

    def _write(self, words: str, style: Style) -> None:
        if style.role == "code":
            self._end_list()
            self._note_page(self._code)
            self._code.append(words)
            return
        self._end_code()
        if not words.strip():
            return
        if style.role in ("title", "heading"):
            self._end_list()
            self._title = self._title or " ".join(words.split())
            self._text.heading(words, style.level)
        elif style.list_id is not None:
            mark = self._numbering.mark(style.list_id, style.list_level)
            indentation = "   " * min(style.list_level, _DEEPEST_INDENTATION)
            first, *others = words.strip().split("\n")
            self._note_page(self._list)
            self._list.append(f"{indentation}{mark} {first}")
            self._list.extend(f"{indentation}   {line}" for line in others)
        else:
            self._end_list()
            (self._text.quote if style.role == "quote" else self._text.paragraph)(words)

    def _end_runs(self) -> None:
        self._end_list()
        self._end_code()

    def _note_page(self, run: list[str]) -> None:
        """A list or code of several paragraphs is on the page of its first one."""
        if not run:
            self._run_page = self._text.page

    def _end_list(self) -> None:
        if self._list:
            page, self._text.page = self._text.page, self._run_page
            self._text.list_lines(self._list)
            self._list, self._text.page = [], page

    def _end_code(self) -> None:
        if self._code:
            page, self._text.page = self._text.page, self._run_page
            self._text.code("\n".join(self._code))
            self._code, self._text.page = [], page

    def _cell_words(self, cell: Element) -> str:
        boxes, self._boxes = self._boxes, []
        words = [" ".join("".join(self._words(paragraph)).split()) for paragraph in _outermost(cell, f"{W}p")]
        words += ["".join(self._words(box)) for box in self._boxes]
        self._boxes = boxes
        return " ".join(filter(None, words))

    def _words(self, element: Element) -> Iterator[str]:
        """The text below an element; text boxes are put aside, because they stand beside the paragraph."""
        for child in element:
            tag = child.tag
            if tag in (f"{W}t", _MATH_TEXT):
                yield child.text or ""
            elif tag in _SIGNS:
                yield _SIGNS[tag]
            elif tag == f"{W}txbxContent":
                self._boxes.append(child)
            elif tag in _NOTES:
                yield self._reference(_NOTES[tag], child.get(f"{W}id") or "")
            elif tag == _ALTERNATIVE:
                yield from self._words(_chosen(child))
            elif tag not in UNSEEN:
                yield from self._words(child)

    def _reference(self, kind: str, identity: str) -> str:
        return f"[^{self._notes.setdefault((kind, identity), len(self._notes) + 1)}]"

    def _write_notes(self) -> None:
        parts = {kind: self._package.part(f"{self._folder}/{kind}.xml") for kind in {kind for kind, _ in self._notes}}
        found = {
            (kind, note.get(f"{W}id") or ""): note
            for kind, part in parts.items()
            for note in (part if part is not None else ())
        }
        for key, number in list(self._notes.items()):
            if key in found:
                words = " ".join("".join(self._words(paragraph)) for paragraph in found[key].iter(f"{W}p"))
                self._text.paragraph(f"[^{number}]: {words.strip()}")


def _chosen(alternative: Element) -> Element:
    """The first of several ways to say the same: reading more than one would say it twice."""
    return next(iter(alternative), Element("none"))


def _page_breaks(element: Element) -> int:
    return sum(1 for _ in element.iter(_PAGE_BREAK))


def _leading_page_breaks(paragraph: Element) -> int:
    """Those before the first word: the paragraph itself begins on the new page."""
    turned = 0
    for element in paragraph.iter():
        if element.tag == f"{W}t" and element.text:
            break
        turned += element.tag == _PAGE_BREAK
    return turned


def _outermost(element: Element, tag: str) -> Iterator[Element]:
    """Paragraphs anywhere below, those of inner tables too, but not paragraphs inside paragraphs (text boxes)."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in UNSEEN:
            yield from _outermost(child, tag)
