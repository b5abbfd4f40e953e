"""How many follow-up questions are understood, how many others are left alone: ``python -m eval.follow_up [--json]``.

The labelled conversations stand in ``eval/follow_up.json``: what was said before, the message, and the question that a
person would read it as. For figures that question has to make the same calls; of documents it has to hold the words
named. A message without a kind has to be left as it is. ``--questions FILE`` adds JSON lines {text} (or {prompt}) of
questions that stand by themselves: each is asked behind a question for figures and behind one for documents.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from adapters.packs.catalog import InstalledPacks
from adapters.packs.schemas import JsonSchemaValidator
from adapters.timeframes.reader import DateparserTimeframes
from domain.answers.answer import Outcome
from domain.packs.tool_arguments import Moment, ToolPlanner
from domain.questions.follow_up import FollowUp, FollowUps, PastTurn

CASES: Final = Path(__file__).with_name("follow_up.json")
BEHIND: Final = ("How do I rotate an API key?", "p95 latency last 24h for service checkout in sandbox")
_MOMENT: Final = Moment(datetime(2026, 11, 25, 14, 30, tzinfo=UTC), "UTC")


class Reader:
    """Reads conversations as turns do, with the tools of the installed packs."""

    def __init__(self) -> None:
        timeframes = DateparserTimeframes()
        self.tools = InstalledPacks(announced=()).tools()
        self._names = [name for tool in self.tools for name in tool.metrics]
        self._follow_ups = FollowUps(timeframes)
        self._planner = ToolPlanner(timeframes, JsonSchemaValidator())

    def understood(self, conversation: Iterable[str | dict[str, str]], message: str) -> FollowUp | None:
        """What a message asks behind a conversation, each turn of which is understood first."""
        past: list[PastTurn] = []
        for number, turn in enumerate(conversation):
            said, outcome = (turn, "answered") if isinstance(turn, str) else (turn["said"], turn["outcome"])
            found = self._follow_ups.resolve(said, past, self.tools, _MOMENT)
            past.insert(
                0,
                PastTurn(
                    sequence=2 * number + 1,
                    turn_id=f"{number:032x}",
                    question=found.question if found else said,
                    outcome=Outcome(outcome),
                    intents=found.read(self._names).intents if found else (),
                ),
            )
        return self._follow_ups.resolve(message, past, self.tools, _MOMENT)

    def calls(self, question: str) -> list[tuple[str, str]]:
        """The calls that a question makes, in the order of their names."""
        plan = self._planner.plan(question, self.tools, _MOMENT)
        made = [(call.tool, json.dumps(call.arguments, sort_keys=True)) for call in plan.calls]
        return sorted(made) or [("warning", warning.code) for warning in plan.warnings]


def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))
    return found


def fault(case: dict[str, Any], reader: Reader) -> str | None:
    """What is wrong with the reading of a labelled conversation; None if nothing is."""
    found = reader.understood(case["conversation"], case["message"])
    if found is None or case["kind"] is None:
        wanted = case["kind"]
        return None if found is None and wanted is None else f"{wanted} wanted, {found and found.question!r} found"
    if found.kind != case["kind"]:
        return f"{case['kind']} wanted, {found.kind} found: {found.question!r}"
    if found.kind == "figures":
        right = reader.calls(found.question) == reader.calls(case["means"])
    else:
        text = found.question.casefold()
        right = all(words in text for words in case["has"]) and not any(
            words in text for words in case.get("lacks", ())
        )
    return None if right else f"{found.question!r} is not {case['means']!r}"


def measure(questions: Sequence[str] = ()) -> dict[str, Any]:
    """Counts by kind of case, the faults, and how many of ``questions`` were changed."""
    reader = Reader()
    labelled = cases()
    told = [(case, fault(case, reader)) for case in labelled]
    kinds = Counter(str(case["kind"]) for case in labelled)
    right = Counter(str(case["kind"]) for case, wrong in told if wrong is None)
    changed = {
        question: found.question
        for question in questions
        for behind in BEHIND
        if (found := reader.understood([behind], question)) is not None
    }
    return {
        "cases": {kind: {"right": right[kind], "of": kinds[kind]} for kind in kinds},
        "faults": {f"{case['conversation']} {case['message']}": wrong for case, wrong in told if wrong is not None},
        "changed": changed,
        "questions": len(questions),
    }


def _texts(files: Iterable[Path]) -> list[str]:
    lines = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [str(line.get("text") or line["prompt"]) for line in lines]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m eval.follow_up", description=__doc__)
    parser.add_argument("--questions", type=Path, nargs="*", default=[], help="JSON lines {text} that stand alone")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    chosen = parser.parse_args()
    figures = measure(_texts(chosen.questions))
    if chosen.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        show(figures, Console())
    sys.exit(1 if figures["faults"] else 0)


def show(figures: dict[str, Any], console: Console) -> None:
    for kind, count in figures["cases"].items():
        what = "left alone" if kind == "None" else f"{kind} understood"
        console.print(f"{what}: {count['right']} of {count['of']}", highlight=False)
    console.print(f"changed: {len(figures['changed'])} of {figures['questions']} questions", highlight=False)
    for text, told in {**figures["faults"], **figures["changed"]}.items():
        console.print(f"  {text} -> {told}", markup=False, highlight=False)


if __name__ == "__main__":
    main()
