"""Which passages try to give orders: nothing of them is quoted, whoever asked."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from domain.base import sha256_of
from domain.guardrails import injection
from domain.policy.rules import Screening
from domain.search.retrieval import RetrievedPassage

_MAX_JUDGED: Final = 4_096


Verdicts = dict[UUID, str | None]
"""Passages and the rule that each breaks; None: nothing suspicious."""


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
        known = self.known(passages, texts, screening)
        fresh = judged_anew(passages, texts, known, screening)
        self.keep(passages, texts, fresh, screening)
        return broken_rules(known | fresh)

    def known(self, passages: Sequence[RetrievedPassage], texts: Mapping[UUID, str], screening: Screening) -> Verdicts:
        """On those that were judged before."""
        # Several threads come here: what another one clears must not be missed.
        found = {one.passage_id: self._judged.get(_key(one, texts, screening)) for one in passages}
        return {passage_id: judged.rule_id for passage_id, judged in found.items() if judged is not None}

    def keep(
        self,
        passages: Sequence[RetrievedPassage],
        texts: Mapping[UUID, str],
        verdicts: Verdicts,
        screening: Screening,
    ) -> None:
        for one in passages:
            if one.passage_id in verdicts:
                if len(self._judged) >= _MAX_JUDGED:
                    self._judged.clear()
                self._judged[_key(one, texts, screening)] = _Judged(verdicts[one.passage_id])


def judged_anew(
    passages: Sequence[RetrievedPassage], texts: Mapping[UUID, str], known: Verdicts, screening: Screening
) -> Verdicts:
    """On those that are not in ``known``."""
    verdicts: Verdicts = {}
    for one in passages:
        if one.passage_id not in known:
            suspicion = injection.screen_content(_content(one, texts), screening)
            verdicts[one.passage_id] = suspicion.rule_id if suspicion else None
    return verdicts


def broken_rules(verdicts: Verdicts) -> dict[UUID, str]:
    return {passage_id: rule_id for passage_id, rule_id in verdicts.items() if rule_id is not None}


def _content(passage: RetrievedPassage, texts: Mapping[UUID, str]) -> str:
    return f"{passage.title}\n{passage.section_heading}\n{texts.get(passage.passage_id, '')}"


def _key(passage: RetrievedPassage, texts: Mapping[UUID, str], screening: Screening) -> str:
    return f"{screening} {sha256_of(_content(passage, texts))}"
