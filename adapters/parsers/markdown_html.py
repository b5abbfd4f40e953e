"""HTML blocks inside Markdown, written as the Markdown that says the same."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from adapters.parsers.document_text import DocumentText
from adapters.parsers.html.markup import check_markup
from adapters.parsers.html.reader import read_page
from domain.knowledge.parsed import Block

# Elements of HTML, components of MDX, comments and declarations; <your-token> on a line of its own is none of them.
_HTML: Final = re.compile(
    r"</?(?:[A-Z][a-z]|(?i:a|abbr|address|article|aside|audio|b|blockquote|br|button|caption|center|cite|code|col|"
    r"colgroup|dd|del|details|dfn|dir|div|dl|dt|em|fieldset|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|"
    r"html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|mark|menu|meta|nav|noscript|object|ol|option|p|param|"
    r"picture|pre|q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|"
    r"tbody|td|template|textarea|tfoot|th|thead|title|tr|tt|u|ul|var|video)\b)|<!|<\?"
)
_DETAILS: Final = re.compile(r"<(/?)details\b", re.IGNORECASE)
_MAX_RUNS: Final = 20_000
"""Each is a page of its own to the reader of HTML."""


class HtmlRun(NamedTuple):
    """``text[start:end]`` is HTML."""

    start: int
    end: int


def with_html_written(text: str, found: Sequence[Block | HtmlRun], name: str) -> tuple[str, tuple[Block, ...]]:
    """The text with its HTML rewritten, and its blocks. Markdown blocks stay as they are, a blank line between any two.

    Raises EmptyDocumentError when nothing is left, DocumentTooLargeError for more HTML than a page may hold.
    """
    written = DocumentText(name)
    runs = 0
    continues = False
    for part in _joined(found):
        source = text[part.start : part.end]
        if isinstance(part, HtmlRun):
            runs += 1
            is_read = runs <= _MAX_RUNS
            continues = is_read and _write(source, written, name)
            if not is_read:
                written.paragraph(source)
        elif continues and part.kind == "paragraph":
            # The answer stays with the summary that asks: in Markdown a blank line has to stand between them.
            written.extend(source)
            continues = False
        else:
            written.block(part.kind, source, part.level)
            continues = False
    document = written.finish(None, "", "")
    return document.text, document.blocks


def _joined(found: Sequence[Block | HtmlRun]) -> Iterator[Block | HtmlRun]:
    """Runs of HTML between which only blank lines stand are one: a table may hold some."""
    held: HtmlRun | None = None
    for part in found:
        if isinstance(part, HtmlRun):
            held = HtmlRun(held.start if held else part.start, part.end)
            continue
        if held:
            yield held
            held = None
        yield part
    if held:
        yield held


def is_html(source: str) -> bool:
    """Whether a line that begins like HTML is some that a reader can take out."""
    # A comment that is never closed would take all that follows with it.
    return _HTML.search(source) is not None and source.count("<!--") <= source.count("-->")


def _write(source: str, written: DocumentText, name: str) -> bool:
    """Whether what comes next belongs to the last block: a summary whose details are still open."""
    check_markup(source, name)
    page = LexborHTMLParser(source)
    before = written.blocks
    if page.root is not None:
        read_page(page.root, source, written)
    opened = sum(-1 if closing else 1 for closing in _DETAILS.findall(source))
    return opened > 0 and written.blocks > before and written.ends_with("**")
