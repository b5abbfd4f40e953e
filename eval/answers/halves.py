"""The fixed rule by which a set falls into halves: one to develop with, one that is kept unread."""

import hashlib
from collections.abc import Iterable

from eval.answers.questions import HALVES, Half, Question


def split(questions: Iterable[Question]) -> dict[Half, list[Question]]:
    """Every other question of those with an answer and of those without, ordered by kind, corpus and chance (SHA-256 of
    the id): so each kind and each corpus falls into both halves alike."""
    halves: dict[Half, list[Question]] = {half: [] for half in HALVES}
    given = sorted(questions, key=_place)
    # The two begin with different halves, so that neither half gets every odd one.
    for answerable, order in ((True, HALVES), (False, HALVES[::-1])):
        chosen = [question for question in given if question.answerable is answerable]
        for at, half in enumerate(order):
            halves[half] += chosen[at::2]
    return {half: sorted(found, key=lambda one: one.id) for half, found in halves.items()}


def _place(question: Question) -> tuple[str, str, str]:
    return question.kind, question.corpus, hashlib.sha256(question.id.encode()).hexdigest()
