"""What an asker is told when a search could not use all there is."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from domain.answers.answer import AnswerWarning, denied_warning
from domain.policy.admission import Admission
from domain.search.reranking import RerankProvenance
from domain.search.retrieval import SearchWarning

_TOLD: Final[Mapping[SearchWarning, AnswerWarning]] = {
    SearchWarning.EMBEDDING_MODEL_DIFFERS: AnswerWarning(
        code="embedding_model_differs",
        message="A dataset's index was built by another embedding model, so that only words were searched.",
    ),
    SearchWarning.ANALYSER_DIFFERS: AnswerWarning(
        code="analyser_differs",
        message="Documents that an earlier release indexed were searched by their meaning only, not by their words.",
    ),
}

RERANKER_DEGRADED: Final = AnswerWarning(
    code="reranker_degraded",
    message="The passages could not be ranked by the wanted reranker, so a simpler order was used.",
)


def search_warnings(found: Iterable[SearchWarning], rerank: RerankProvenance) -> tuple[AnswerWarning, ...]:
    """What the index could not use, then whether the order is another than the wanted one."""
    return (*(_TOLD[warning] for warning in found), *((RERANKER_DEGRADED,) if rerank.is_degraded else ()))


def suspicion_warnings(rule_ids: Collection[str]) -> tuple[AnswerWarning, ...]:
    """``rule_ids``: one for each passage that was withheld because it tries to give orders."""
    if not rule_ids:
        return ()
    message = (
        f"{len(rule_ids)} of the passages that were found try to give orders and were withheld "
        f"(rule {', '.join(sorted(set(rule_ids)))})."
    )
    return (AnswerWarning(code="passage_suspicious", message=message),)


def refusal_warnings(admission: Admission) -> tuple[AnswerWarning, ...]:
    """Why nothing was searched, in the words that a denied question gets."""
    return () if admission.admitted else (denied_warning(admission.reason, admission.rule_id),)


def denied_warnings(rule_ids: Collection[str]) -> tuple[AnswerWarning, ...]:
    """``rule_ids``: one for each passage that was left out because it holds what is denied."""
    if not rule_ids:
        return ()
    message = (
        f"{len(rule_ids)} of the passages that were found touch topics that this assistant has been told not to "
        f"discuss, and were left out (rule {', '.join(sorted(set(rule_ids)))})."
    )
    return (AnswerWarning(code="passage_denied", message=message),)


def redaction_warnings(redactions: Mapping[str, int]) -> tuple[AnswerWarning, ...]:
    """``redactions``: how often each kind was hidden in the passages."""
    if not redactions:
        return ()
    message = f"Hidden: parts of the passages ({', '.join(sorted(redactions))})."
    return (AnswerWarning(code="redacted", message=message),)
