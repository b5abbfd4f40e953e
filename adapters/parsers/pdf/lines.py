"""The lines of a PDF page, with what their geometry says about structure."""

import ctypes
from collections.abc import Iterator
from typing import Final, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

# Where pdfium joins a word that the page broke over two lines, it marks the place with one of these.
BROKEN_WORD: Final = ("\ufffe", "\x02")


class Line(NamedTuple):
    """One line of text. ``top`` and ``height`` (of its first letter) are in points; 0 where pdfium knows no box."""

    text: str
    top: float
    height: float


def page_lines(page: pypdfium2.PdfTextPage) -> Iterator[Line]:
    """Lines in the order of the page's content, white space at their ends removed."""
    raw = page.get_text_range()
    at = 0
    for line in raw.split("\n"):
        words = line.strip()
        if words:
            # pdfium counts characters beyond the basic plane twice, as get_text_range does not; the box of a
            # neighbouring letter is as good, so the drift does no harm.
            yield Line(words, *_box(page, at + line.index(words[0])))
        at += len(line) + 1


def _box(page: pypdfium2.PdfTextPage, index: int) -> tuple[float, float]:
    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(page.raw, index, ctypes.byref(box)):
        return 0.0, 0.0
    return float(box.top), round(abs(float(box.top) - float(box.bottom)), 1)
