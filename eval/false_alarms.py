"""How often the guards ring on ordinary texts: ``python -m eval.false_alarms FOLDER... [--json] [--samples 5]``.

Pages are the *.md, *.rst, *.txt, *.adoc and *.mdx files below the folders, the documentation of any software: the same
text is read once, and what is shorter than 400 characters is left out. A page goes through both guards piece by piece,
as passages do: redaction under the standard profile, and the screening of documents. Its sentences are screened as
messages too, as if each of them had been asked. What is found is counted by kind and by rule, with samples to be
judged by a reader: not every finding is false, as a page may show somebody's mail address.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table

from adapters.personal_data import NumberingPlanDetector
from domain.guardrails.injection import screen_content, screen_message
from domain.guardrails.redaction import find

_ENDINGS: Final = frozenset({".md", ".mdx", ".rst", ".txt", ".adoc"})
_LEAST_CHARACTERS: Final = 400
_MOST_CHARACTERS: Final = 300_000
_PIECE: Final = 4_000
_LONGEST_SENTENCE: Final = 400
_AROUND: Final = 60


class Page(NamedTuple):
    """``name`` is the path below its folder."""

    name: str
    text: str


class Finding(NamedTuple):
    """``kind`` is that of a redaction or a screening rule; ``shown`` the text with what is around it, on one line."""

    guard: str
    kind: str
    page: str
    shown: str


class NoPagesError(Exception):
    """No folder has a page."""


def pages(folders: Sequence[Path]) -> Iterator[Page]:
    """Every page once, in the order of the folders and of the names in them."""
    seen: set[int] = set()
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.suffix not in _ENDINGS or not file.is_file():
                continue
            text = file.read_text(encoding="utf-8", errors="replace")[:_MOST_CHARACTERS]
            if len(text) >= _LEAST_CHARACTERS and hash(text) not in seen:
                seen.add(hash(text))
                yield Page(str(file.relative_to(folder)), text)


def findings_of(page: Page) -> Iterator[Finding]:
    """What the guards find on a page, in its order."""
    detector = NumberingPlanDetector()
    for piece in _pieces(page.text):
        for one in find(piece, detector=detector):
            before, after = piece[max(0, one.start - _AROUND) : one.start], piece[one.end : one.end + _AROUND]
            shown = f"{before}>>{piece[one.start : one.end]}<<{after}"
            yield Finding("redaction", one.kind, page.name, _on_one_line(shown))
        if suspicion := screen_content(piece):
            yield Finding("documents", suspicion.rule_id, page.name, _on_one_line(_cause(piece)))
        for sentence in _sentences(piece):
            if suspicion := screen_message(sentence):
                yield Finding("messages", suspicion.rule_id, page.name, sentence)


def _pieces(text: str) -> Iterator[str]:
    """The text by paragraphs, as many of them together as a passage holds."""
    piece = ""
    for paragraph in text.split("\n\n"):
        if piece and len(piece) + len(paragraph) > _PIECE:
            yield piece
            piece = ""
        piece = f"{piece}\n\n{paragraph}" if piece else paragraph
    yield piece


def _sentences(piece: str) -> Iterator[str]:
    flat = " ".join(piece.split())
    for sentence in flat.replace("? ", "?\n").replace(". ", ".\n").split("\n"):
        if 0 < len(sentence) <= _LONGEST_SENTENCE:
            yield sentence


def _cause(piece: str) -> str:
    """The fewest lines at its beginning that are suspicious, without those before them that do not matter."""
    lines = piece.split("\n")
    end = next((end for end in range(1, len(lines)) if screen_content("\n".join(lines[:end]))), len(lines))
    start = next((start for start in reversed(range(end)) if screen_content("\n".join(lines[start:end]))), 0)
    return "\n".join(lines[start:end])[: 4 * _AROUND]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def measure(read: Sequence[Page], samples: int = 5) -> dict[str, Any]:
    """By guard: ``findings``, the ``pages`` that have any, and both by kind with samples, the commonest kind first.

    Samples are spread over the findings of their kind. Raises NoPagesError.
    """
    if not read:
        raise NoPagesError("no pages found")
    found = list(chain.from_iterable(map(findings_of, read)))
    of_guard: defaultdict[str, list[Finding]] = defaultdict(list)
    for one in found:
        of_guard[one.guard].append(one)
    return {
        "pages": len(read),
        "characters": sum(len(page.text) for page in read),
        "guards": {
            guard: {
                "findings": len(of_guard[guard]),
                "pages": len({one.page for one in of_guard[guard]}),
                "kinds": _kinds(of_guard[guard], samples),
            }
            for guard in ("redaction", "documents", "messages")
        },
    }


def _kinds(found: Sequence[Finding], samples: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for kind, count in Counter(one.kind for one in found).most_common():
        alike = [one for one in found if one.kind == kind]
        step = max(1, len(alike) // samples) if samples else 1
        figures[kind] = {
            "findings": count,
            "pages": len({one.page for one in alike}),
            "samples": [{"page": one.page, "shown": one.shown} for one in alike[::step][:samples]],
        }
    return figures


def show(figures: dict[str, Any], console: Console) -> None:
    table = Table(title=f"Findings on {figures['pages']} pages of {figures['characters']} characters")
    for column in ("guard", "kind", "findings", "pages"):
        table.add_column(column)
    for guard, one in figures["guards"].items():
        table.add_row(guard, "all", str(one["findings"]), str(one["pages"]))
        for kind, part in one["kinds"].items():
            table.add_row("", kind, str(part["findings"]), str(part["pages"]))
    console.print(table)
    for one in figures["guards"].values():
        for kind, part in one["kinds"].items():
            for sample in part["samples"]:
                console.print(f"{kind}  {sample['page']}: {sample['shown']}", markup=False, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m eval.false_alarms", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--samples", type=int, default=5, help="samples of each kind")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    chosen = parser.parse_args()
    try:
        figures = measure(list(pages(chosen.folders)), chosen.samples)
    except NoPagesError as error:
        Console(stderr=True).print(str(error), style="red", markup=False)
        sys.exit(2)
    if chosen.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        show(figures, Console())


if __name__ == "__main__":
    main()
