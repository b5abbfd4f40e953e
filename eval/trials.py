"""Every judged question through the product's own search: by each leg, fused, and reranked."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from activities.search.passage_finder import FindOptions, FoundPassages, PassageFinder
from domain.search.reranking import RerankerKind
from domain.search.retrieval import Fusion, RetrievedPassage, SearchFilters, SearchMode
from eval.judged_folder import JudgedQuestion

DEPTH: Final = 100
# Copies are kept: judgements name each of them.
_ALL: Final = FindOptions(top_k=DEPTH, keeps_copies=True)
STAGES: Final = {
    "lexical": _ALL.model_copy(update={"mode": SearchMode.LEXICAL}),
    "dense": _ALL.model_copy(update={"mode": SearchMode.DENSE}),
    "rrf": _ALL.model_copy(update={"fusion": Fusion.RRF}),
    "fused": _ALL,
    "reranked": _ALL.model_copy(update={"reranker": RerankerKind.LOCAL}),
}


@dataclass
class Trial:
    """What one stage found, by question id, and how long each search took (seconds)."""

    found: dict[str, FoundPassages] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def rankings(self) -> dict[str, list[str]]:
        """Documents by their best passages. A document's source is its id in the corpus."""
        return {
            question: list(dict.fromkeys(passage.source for passage in found.passages))
            for question, found in self.found.items()
        }

    def passages(self) -> dict[str, tuple[RetrievedPassage, ...]]:
        """Best first, by question id."""
        return {question: found.passages for question, found in self.found.items()}


async def run_stage(
    finder: PassageFinder,
    filters: SearchFilters,
    questions: Sequence[JudgedQuestion],
    options: FindOptions,
    done: Callable[[], None],
) -> Trial:
    """Ask the questions one after another."""
    trial = Trial()
    for question in questions:
        started = time.perf_counter()
        found = await finder.find(question.text, filters, options)
        trial.seconds.append(time.perf_counter() - started)
        trial.found[question.question_id] = found
        done()
    return trial
