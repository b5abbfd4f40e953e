"""Cases in folders of their own: documents that come and go, and questions between them, judged by texts alone.

A folder with ``case.json``: ``steps``, each an ``upload``, a ``delete``, a ``search`` or an ``ask`` with what is
expected. ``all``, ``any``, ``none`` and ``order`` are texts of the answer; ``refused`` and ``cites`` are of its form.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from domain.errors import AnswerableError
from domain.knowledge.dataset import Dataset
from eval.answers.asking import Assistants, new_conversation
from eval.answers.judge import GivenAnswer
from eval.answers.shelf import Shelf, ShelfFile


class StepResult(NamedTuple):
    """One judged step; ``missed`` is empty when it went as expected."""

    case: str
    step: str
    missed: tuple[str, ...]
    said: str = ""

    @property
    def kind(self) -> str:
        return self.step.split(" ", 1)[0]


def case_folders(folder: Path) -> list[Path]:
    """The folders of cases below ``folder``, or itself; none when it is another kind of set."""
    if (folder / "case.json").is_file():
        return [folder]
    return sorted(path.parent for path in folder.glob("*/case.json"))


class RebuiltCase:
    def __init__(self, folder: Path, shelf: Shelf, assistants: Assistants) -> None:
        self._folder = folder
        self._shelf = shelf
        self._assistants = assistants
        self._sessions: dict[str, tuple[UUID, int]] = {}

    async def run(self) -> list[StepResult]:
        """Each case has an empty dataset and a bot of its own."""
        case = json.loads((self._folder / "case.json").read_text(encoding="utf-8"))
        dataset = await self._shelf.dataset(f"case/{self._folder.name}", "cases")
        bot_id = self._assistants.add(f"case/{self._folder.name}", [dataset])
        results = []
        for step in case["steps"]:
            if "upload" in step:
                results.append(await self._upload(dataset, step))
            elif "delete" in step:
                await self._shelf.remove(dataset, step["delete"])
            elif "search" in step:
                found = await self._assistants.search(dataset, step["search"], step.get("top_k", 5))
                missed = judge_texts(found, step["expect"])
                results.append(self._result(f"search {step['search']!r}", missed, found))
            elif "ask" in step:
                answer = await self._ask(bot_id, step)
                missed = judge_texts(answer.text, step["expect"]) + judge_form(answer, step["expect"])
                results.append(self._result(f"ask {step['ask']!r}", missed, answer.text))
        return results

    async def _upload(self, dataset: Dataset, step: Mapping[str, Any]) -> StepResult:
        name = step.get("name") or f"{self._folder.name}/{step['upload']}"
        state, error = "succeeded", None
        try:
            await self._shelf.put(dataset, [ShelfFile(self._folder / step["upload"], name)])
        except AnswerableError as failure:
            state, error = "failed", failure.code
        missed = []
        if state != step.get("state", "succeeded"):
            missed.append(f"is {state} ({error})")
        if step.get("error") and step["error"] != error:
            missed.append(f"the error is {error}")
        return self._result(f"upload {name}", missed)

    async def _ask(self, bot_id: UUID, step: Mapping[str, Any]) -> GivenAnswer:
        session = step.get("session")
        conversation, said = self._sessions.get(session or "", (new_conversation(), 0))
        if session:
            self._sessions[session] = (conversation, said + 1)
        return await self._assistants.ask(bot_id, step["ask"], conversation, said)

    def _result(self, step: str, missed: Sequence[str], said: str = "") -> StepResult:
        return StepResult(self._folder.name, step, tuple(missed), said)


def judge_texts(text: str, expect: Mapping[str, Any]) -> list[str]:
    said = _flat(text)
    missed = [f"missing {want!r}" for want in expect.get("all", ()) if _flat(want) not in said]
    if expect.get("any") and not any(_flat(want) in said for want in expect["any"]):
        missed.append(f"none of {expect['any']!r}")
    missed += [f"must not say {ban!r}" for ban in expect.get("none", ()) if _flat(ban) in said]
    places = [said.find(_flat(want)) for want in expect.get("order", ())]
    if places and (-1 in places or places != sorted(places)):
        missed.append(f"not in order: {expect['order']!r}")
    return missed


def judge_form(answer: GivenAnswer, expect: Mapping[str, Any]) -> list[str]:
    missed = []
    sources = [source.name for source in answer.sources]
    # As a reader of the text tells it: nothing cited, and no section.
    refused = not sources and "###" not in answer.text
    if "refused" in expect and expect["refused"] != refused:
        missed.append(f"refused is {refused}")
    if "cites" in expect and not any(expect["cites"] in source for source in sources):
        missed.append(f"cites {sources}")
    return missed


def _flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
