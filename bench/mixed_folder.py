"""A folder of documents in every format, the same at every run, of which a tenth is broken on purpose.

.venv/bin/python -m bench.mixed_folder FOLDER --documents 200
"""

import argparse
import csv
import io
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from pypdf import PdfReader, PdfWriter
from rich.console import Console

from tests.fixtures.documents import docx, paragraph, pdf

_WORDS: Final = (
    "gateway ledger valve pressure invoice rota schedule sensor archive export filter retry quota region webhook "
    "signature endpoint payload customer contract renewal backup restore cluster replica metric threshold alert"
).split()


class MixedFile(NamedTuple):
    """``expected`` is the error code with which its ingest must fail, or None when it must succeed."""

    name: str
    content: bytes
    kind: str
    expected: str | None


class _Prose:
    """Sentences without meaning, each run's the same."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the same text at every run, no secret

    def title(self) -> str:
        return " ".join(self._chance.sample(_WORDS, 3)).capitalize()

    def sentence(self) -> str:
        return " ".join(self._chance.choices(_WORDS, k=14)).capitalize() + "."

    def paragraphs(self, count: int = 6) -> list[str]:
        return [" ".join(self.sentence() for _ in range(5)) for _ in range(count)]


def _markdown(prose: _Prose) -> bytes:
    sections = (
        f"## {prose.title()}\n\n{text}\n\n- {prose.sentence()}\n- {prose.sentence()}\n" for text in prose.paragraphs()
    )
    return f"# {prose.title()}\n\n{''.join(sections)}".encode()


def _text(prose: _Prose) -> bytes:
    return "\n\n".join([prose.title(), *prose.paragraphs()]).encode()


def _html(prose: _Prose) -> bytes:
    body = "".join(f"<h2>{prose.title()}</h2><p>{text}</p>" for text in prose.paragraphs())
    return f"<!doctype html><html><head><title>{prose.title()}</title></head><body>{body}</body></html>".encode()


def _json(prose: _Prose) -> bytes:
    return json.dumps({"title": prose.title(), "entries": [{"text": text} for text in prose.paragraphs()]}).encode()


def _csv(prose: _Prose) -> bytes:
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["name", "description", "note"])
    rows.writerows([prose.title(), prose.sentence(), prose.sentence()] for _ in range(30))
    return written.getvalue().encode()


def _pdf(prose: _Prose) -> bytes:
    pages = ["\n".join([prose.title(), *(prose.sentence()[:90] for _ in range(30))]) for _ in range(3)]
    return pdf(pages, sizes={page.split("\n")[0]: 18 for page in pages})


def _docx(prose: _Prose) -> bytes:
    heading = paragraph(prose.title(), '<w:pStyle w:val="Heading1"/>')
    return docx(heading + "".join(paragraph(text) for text in prose.paragraphs()))


def _encrypted_pdf(prose: _Prose) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(_pdf(prose))))
    writer.encrypt("a password", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _image(prose: _Prose) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + prose.sentence().encode() + bytes(400)


def _rich_text(prose: _Prose) -> bytes:
    return b"{\\rtf1\\ansi " + prose.sentence().encode() + b"}"


def _cut(make: Callable[[_Prose], bytes]) -> Callable[[_Prose], bytes]:
    def cut(prose: _Prose) -> bytes:
        whole = make(prose)
        return whole[: len(whole) // 8]

    return cut


class _Kind(NamedTuple):
    kind: str
    suffix: str
    make: Callable[[_Prose], bytes]
    expected: str | None = None


_GOOD: Final = (
    _Kind("markdown", ".md", _markdown),
    _Kind("text", ".txt", _text),
    _Kind("html", ".html", _html),
    _Kind("json", ".json", _json),
    _Kind("csv", ".csv", _csv),
    _Kind("pdf", ".pdf", _pdf),
    _Kind("docx", ".docx", _docx),
    _Kind("pdf called .md", ".md", _pdf),
    _Kind("docx called .txt", ".txt", _docx),
)
_BROKEN: Final = (
    _Kind("empty", ".md", lambda _: b"", "empty_document"),
    _Kind("white space", ".txt", lambda _: b" \n\t\n" * 40, "empty_document"),
    _Kind("torn pdf", ".pdf", _cut(_pdf), "corrupt_document"),
    _Kind("torn docx", ".docx", _cut(_docx), "corrupt_document"),
    _Kind("encrypted pdf", ".pdf", _encrypted_pdf, "encrypted_document"),
    _Kind("an image called .md", ".md", _image, "corrupt_document"),
    _Kind("rich text called .txt", ".txt", _rich_text, "unsupported_format"),
)


def mixed_files(count: int, seed: int = 11) -> Iterator[MixedFile]:
    """``count`` documents, every tenth of them broken."""
    for number in range(count):
        tenth, rest = divmod(number, 10)
        broken = rest == 9
        kind = _BROKEN[tenth % len(_BROKEN)] if broken else _GOOD[(tenth * 9 + rest) % len(_GOOD)]
        content = kind.make(_Prose(seed * 100_000 + number))
        yield MixedFile(f"{number:04}{kind.suffix}", content, kind.kind, kind.expected)


def write_folder(folder: Path, count: int) -> list[MixedFile]:
    """Write the documents into ``folder``, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    files = list(mixed_files(count))
    for file in files:
        (folder / file.name).write_bytes(file.content)
    return files


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.mixed_folder", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=200)
    chosen = parser.parse_args()
    files = write_folder(chosen.folder, chosen.documents)
    broken = sum(file.expected is not None for file in files)
    Console().print(f"{len(files)} documents, {broken} of them broken, in {chosen.folder}")


if __name__ == "__main__":
    main()
