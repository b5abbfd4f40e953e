"""How well personal data is hidden: ``python -m eval.redaction FILE [--json]``.

FILE holds JSON lines {text, spans: [{start, end, type}]}. The texts go through the redaction of answers. A span is
recalled when no character of it is left; a finding is precise when it touches a span of a type that it stands for.
Types that nothing looks for (names, places, dates) are left out.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table

from adapters.personal_data import NumberingPlanDetector
from domain.guardrails.redaction import find
from domain.guardrails.redaction_patterns import Finding
from domain.policy.redaction_profile import Kind

# The types of presidio-research's samples, and the kinds that stand for them.
_TYPES: Final = {
    "EMAIL_ADDRESS": Kind.EMAIL,
    "PHONE_NUMBER": Kind.PHONE,
    "CREDIT_CARD": Kind.CARD,
    "IBAN_CODE": Kind.IBAN,
    "IP_ADDRESS": Kind.IP,
    "US_SSN": Kind.NATIONAL_ID,
    "US_DRIVER_LICENSE": Kind.NATIONAL_ID,
    "SECRET": Kind.SECRET,
    "LONG_ID": Kind.LONG_ID,
}


class Labelled(NamedTuple):
    """A text and the (start, end, type) of what is personal in it."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


class Missed(NamedTuple):
    type: str
    value: str
    text: str


class UnreadableFileError(Exception):
    """The file is not there or a line of it is no labelled text."""


def read(file: Path) -> list[Labelled]:
    """The texts of a file. Raises UnreadableFileError, which names the line."""
    samples: list[Labelled] = []
    number = 0
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            number += 1
            if line.strip():
                given = json.loads(line)
                spans = tuple((span["start"], span["end"], span["type"]) for span in given["spans"])
                samples.append(Labelled(given["text"], spans))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableFileError(f"{file}, line {number}: {error!r}") from error
    return samples


def measure(samples: Sequence[Labelled]) -> dict[str, Any]:
    """``entities``: recall by type; ``kinds``: precision by kind of finding; ``all``: both over everything."""
    recalled: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    right: Counter[Kind] = Counter()
    made: Counter[Kind] = Counter()
    detector = NumberingPlanDetector()
    for sample in samples:
        findings = find(sample.text, detector=detector)
        for start, end, label in sample.spans:
            if label in _TYPES:
                wanted[label] += 1
                recalled[label] += _is_hidden(start, end, findings)
        for finding in findings:
            made[finding.kind] += 1
            right[finding.kind] += _is_right(finding, sample.spans)
    return {
        "texts": len(samples),
        "entities": {label: _share("recall", recalled[label], count) for label, count in sorted(wanted.items())},
        "kinds": {kind.value: _share("precision", right[kind], count) for kind, count in sorted(made.items())},
        "all": {
            **_share("recall", sum(recalled.values()), sum(wanted.values())),
            "precision": _share("precision", sum(right.values()), sum(made.values()))["precision"],
        },
    }


def missed(samples: Iterable[Labelled]) -> list[Missed]:
    """Every span of a known type of which something is left."""
    detector = NumberingPlanDetector()
    return [
        Missed(label, sample.text[start:end], sample.text)
        for sample in samples
        for start, end, label in sample.spans
        if label in _TYPES and not _is_hidden(start, end, find(sample.text, detector=detector))
    ]


def _is_hidden(start: int, end: int, findings: Sequence[Finding]) -> bool:
    return any(finding.start <= start and end <= finding.end for finding in findings)


def _is_right(finding: Finding, spans: Sequence[tuple[int, int, str]]) -> bool:
    return any(
        start < finding.end and finding.start < end and _TYPES.get(label) is finding.kind for start, end, label in spans
    )


def _share(name: str, good: int, count: int) -> dict[str, Any]:
    return {name: round(good / count, 4) if count else None, "right": good, "of": count}


def show(name: str, figures: dict[str, Any], console: Console) -> None:
    table = Table(title=f"{name}: {figures['texts']} texts", title_justify="left")
    for column in ("", "recall", "precision", "right", "of"):
        table.add_column(column, justify="left" if not column else "right")
    for group in ("entities", "kinds"):
        for label, share in figures[group].items():
            row = (share.get("recall", ""), share.get("precision", ""), share["right"], share["of"])
            table.add_row(label, *(str(value) for value in row))
        table.add_section()
    whole = figures["all"]
    table.add_row("all", str(whole["recall"]), str(whole["precision"]), str(whole["right"]), str(whole["of"]))
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m eval.redaction", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--missed", action="store_true", help="print what was missed too, as it stands in the file")
    chosen = parser.parse_args()
    try:
        samples = read(chosen.file)
    except UnreadableFileError as error:
        Console(stderr=True).print(str(error), style="red", markup=False)
        sys.exit(2)
    figures = measure(samples)
    if chosen.missed:
        figures["missed"] = [one._asdict() for one in missed(samples)]
    if chosen.json or chosen.missed:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        show(chosen.file.name, figures, Console())


if __name__ == "__main__":
    main()
