"""Which passages try to give orders: nothing of them is quoted, whoever asked."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from domain import injection
from domain.base import sha256_of
from domain.policy_rules import Screening
from domain.retrieval import RetrievedPassage

_MOST_JUDGED: Final = 4_096


class _Judged(NamedTuple):
    """None: nothing suspicious."""

    rule_id: str | None


class PassageScreen:
    """Judges each text once: screening costs a millisecond, and texts do not change."""

    def __init__(self) -> None:
        self._judged: dict[str, _Judged] = {}

    def suspicious(
        self, passages: Sequence[RetrievedPassage], texts: Mapping[UUID, str], screening: Screening
    ) -> dict[UUID, str]:
        """The rule that each suspicious passage breaks, by its title, its heading or its text."""
        found = {one.passage_id: self._judge(one, texts.get(one.passage_id, ""), screening) for one in passages}
        return {passage_id: rule_id for passage_id, rule_id in found.items() if rule_id is not None}

    def _judge(self, passage: RetrievedPassage, text: str, screening: Screening) -> str | None:
        content = f"{passage.title}\n{passage.section_heading}\n{text}"
        key = f"{screening} {sha256_of(content)}"
        # Several threads come here: what another one clears must not be missed.
        if (known := self._judged.get(key)) is not None:
            return known.rule_id
        if len(self._judged) >= _MOST_JUDGED:
            self._judged.clear()
        suspicion = injection.screen_content(content, screening)
        self._judged[key] = judged = _Judged(suspicion.rule_id if suspicion else None)
        return judged.rule_id
