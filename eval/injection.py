"""How many injections are noticed, how many harmless texts suspected: ``python -m eval.injection FOLDER [--json]``.

FOLDER holds JSON lines: attacks_by_users {user, kind}, benign_with_trigger_words {prompt}, attacks_in_documents {text,
kind} and carrier_emails {context}. Each attack on a document is planted at the beginning, in the middle and at the end
of an e-mail, on a line of its own, and noticed if it is in all three. The demo packs' documents and sample questions
are harmless texts too; ``--passages`` and ``--questions`` add others {text}.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from domain.guardrails.injection import Suspicion, screen_content, screen_message
from domain.policy.rules import Screening

_PACKS: Final = Path(__file__).parents[1] / "packs"
Screen = Callable[[str], Suspicion | None]


class UnreadableFolderError(Exception):
    """A file is missing or a line of it is not what it should be."""


def read(file: Path, field: str) -> list[tuple[str, str]]:
    """(text, kind) of every line; a line without a kind has the kind "". Raises UnreadableFolderError."""
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [(str(line[field]), str(line.get("kind", ""))) for line in lines]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFolderError(f"{file}: {error!r}") from error


def measure(
    folder: Path,
    passages: Sequence[str] = (),
    questions: Sequence[str] = (),
    screening: Screening = Screening.STANDARD,
) -> dict[str, Any]:
    """Rates by set: ``hits`` of attacks by kind, ``false_alarms`` of harmless texts with the rules that rang."""
    content = partial(screen_content, screening=screening)
    carriers = [text for text, _ in read(folder / "carrier_emails.jsonl", "context")]
    figures: dict[str, Any] = {
        "hits": {
            "messages": _hits(read(folder / "attacks_by_users.jsonl", "user"), screen_message),
            "documents": _hits(
                [(text, kind) for text, kind in read(folder / "attacks_in_documents.jsonl", "text")],
                lambda text: _planted(text, carriers, content),
            ),
        },
        "false_alarms": {
            "messages": _alarms(
                [text for text, _ in read(folder / "benign_with_trigger_words.jsonl", "prompt")], screen_message
            ),
            "sample_questions": _alarms(_sample_questions(), screen_message),
            "carriers": _alarms(carriers, content),
            "demo_documents": _alarms(_demo_sections(), content),
        },
    }
    if passages:
        figures["false_alarms"]["passages"] = _alarms(passages, content)
    if questions:
        figures["false_alarms"]["questions"] = _alarms(questions, screen_message)
    return figures


def _planted(attack: str, carriers: Sequence[str], screen: Screen) -> Suspicion | None:
    """Noticed only if it is at each of three places of an e-mail; which e-mail depends on the attack alone."""
    carrier = carriers[len(attack) % len(carriers)]
    middle = carrier.find(" ", len(carrier) // 2)
    places = (f"{attack}\n{carrier}", f"{carrier[:middle]}\n{attack}\n{carrier[middle:]}", f"{carrier}\n{attack}")
    found = [screen(text) for text in places]
    return found[0] if all(found) else None


def _hits(attacks: Iterable[tuple[str, str]], screen: Screen) -> dict[str, Any]:
    of: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    for text, kind in attacks:
        of[kind] += 1
        noticed[kind] += screen(text) is not None
    kinds = {kind: {"rate": _rate(noticed[kind], of[kind]), "hits": noticed[kind], "of": of[kind]} for kind in of}
    whole, total = sum(noticed.values()), sum(of.values())
    return {"rate": _rate(whole, total), "hits": whole, "of": total, "kinds": kinds}


def _alarms(texts: Sequence[str], screen: Screen) -> dict[str, Any]:
    rules = Counter(found.rule_id for found in map(screen, texts) if found)
    return {"rate": _rate(rules.total(), len(texts)), "alarms": rules.total(), "of": len(texts), "rules": dict(rules)}


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _sample_questions() -> list[str]:
    found = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(_PACKS.glob("*/sample_questions.json"))]
    return [one if isinstance(one, str) else str(one["question"]) for each in found for one in each]


def _demo_sections() -> list[str]:
    files = sorted(_PACKS.glob("*/howto*/*.md"))
    return [section for file in files for section in file.read_text(encoding="utf-8").split("\n## ")]


def show(figures: dict[str, Any], console: Console) -> None:
    table = Table(title="Injections")
    for column in ("", "set", "rate", "count", "of"):
        table.add_column(column)
    for name, one in figures["hits"].items():
        table.add_row("noticed", name, str(one["rate"]), str(one["hits"]), str(one["of"]))
        for kind, part in one["kinds"].items():
            table.add_row("", f"  {kind}", str(part["rate"]), str(part["hits"]), str(part["of"]))
    for name, one in figures["false_alarms"].items():
        table.add_row("false alarm", name, str(one["rate"]), str(one["alarms"]), str(one["of"]))
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m eval.injection", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=Path, help="JSON lines {text} of harmless passages")
    parser.add_argument("--questions", type=Path, help="JSON lines {text} of harmless questions")
    parser.add_argument("--strict", action="store_true", help="screen as a policy's strict screening does")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    chosen = parser.parse_args()
    try:
        passages = [text for text, _ in read(chosen.passages, "text")] if chosen.passages else []
        questions = [text for text, _ in read(chosen.questions, "text")] if chosen.questions else []
        figures = measure(chosen.folder, passages, questions, Screening.STRICT if chosen.strict else Screening.STANDARD)
    except UnreadableFolderError as error:
        Console(stderr=True).print(str(error), style="red", markup=False)
        sys.exit(2)
    if chosen.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        show(figures, Console())


if __name__ == "__main__":
    main()
