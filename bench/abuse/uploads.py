"""Documents that cost more to read than to send."""

import io
import zipfile
from typing import Final

from bench.abuse.attack import Recipe, uploading

_MEGABYTE: Final = 1_000_000
_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CONTENT_TYPES: Final = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS: Final = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _one_word() -> bytes:
    return b"a" * (19 * _MEGABYTE)


def _divisions() -> bytes:
    return b"<div>" * (2 * _MEGABYTE)


def _headings() -> bytes:
    return b"".join(b"# H%d\n" % number for number in range(300_000))


def _blank_lines() -> bytes:
    return b"a\n\n" * (3 * _MEGABYTE)


def _cells() -> bytes:
    return b"<table>" + b"<tr>" + b"<td rowspan=65534 colspan=1000>a" * 300_000


def _columns() -> bytes:
    return b",".join(b"%d" % number for number in range(9_999)) + b"\n" + b"\n".join([b"," * 9_998] * 900)


def _deep_json() -> bytes:
    return b'{"a":' * 300 + b"[" + b"1," * (4 * _MEGABYTE) + b"1]" + b"}" * 300


def _paragraphs_of_a_docx() -> bytes:
    """Empty paragraphs: 170 KB that unfold to 160 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        with archive.open("word/document.xml", "w") as document:
            document.write(f'<?xml version="1.0"?><w:document xmlns:w="{_W}"><w:body>'.encode())
            for _ in range(160):
                document.write(b"<w:p><w:r/></w:p>" * (_MEGABYTE // 17))
            document.write(b"</w:body></w:document>")
    return packed.getvalue()


def _small() -> bytes:
    return b"# A small document\n\nOf which there are very many.\n"


UPLOADS: Final = (
    Recipe("a word of nineteen megabytes", uploading("word.txt", _one_word, "text/plain"), 1),
    Recipe("two million divisions", uploading("divisions.html", _divisions, "text/html"), 1),
    Recipe("three hundred thousand headings", uploading("headings.md", _headings, "text/markdown"), 1),
    Recipe("three million blank lines", uploading("lines.txt", _blank_lines, "text/plain"), 1),
    Recipe("cells that span everything", uploading("cells.html", _cells, "text/html"), 1),
    Recipe("ten thousand columns", uploading("columns.csv", _columns, "text/csv"), 1),
    Recipe("a deep list of numbers", uploading("deep.json", _deep_json, "application/json"), 1),
    Recipe("a folded document", uploading("folded.docx", _paragraphs_of_a_docx, _DOCX), 1),
    Recipe("small documents, many", uploading("small.md", _small, "text/markdown"), 8),
    Recipe(
        "brackets for attributes",
        uploading("small.md", _small, "text/markdown", {"attributes": "[" * 16_000}),
        1,
    ),
)
