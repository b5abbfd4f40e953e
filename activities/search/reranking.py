"""Order the candidates of a search anew, or say why that was not possible."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from temporalio import activity
from temporalio.common import MetricMeter

from activities.envelopes import StepClock
from domain.search.errors import RerankerUnavailableError
from domain.search.ports import Reranker
from domain.search.reranking import RerankCandidate, RerankerKind, RerankFault, RerankProvenance

_INSTEAD: Final[Mapping[RerankerKind, tuple[RerankerKind, ...]]] = {
    RerankerKind.COHERE: (RerankerKind.COHERE, RerankerKind.LOCAL)
}
"""Who is asked, in turn; a kind that is not listed is asked alone."""

DEGRADED_COUNTER: Final = "answerable_reranker_degraded"


class Reranked(NamedTuple):
    """``scores`` by candidate; None means that the fused order stands."""

    scores: tuple[float, ...] | None
    provenance: RerankProvenance


class Rerankers:
    """The rerankers that this installation has. What cannot be used is replaced, and its fault is told."""

    def __init__(self, *installed: Reranker) -> None:
        self._installed = {reranker.kind: reranker for reranker in installed}

    async def scored(self, wanted: RerankerKind, question: str, candidates: Sequence[RerankCandidate]) -> Reranked:
        """Score the candidates with ``wanted``, or with what stands in for it."""
        fault: RerankFault | None = None
        clock = StepClock()
        for kind in () if wanted is RerankerKind.NONE else _INSTEAD.get(wanted, (wanted,)):
            try:
                scores, model = await self._ask(kind, question, candidates)
            except RerankerUnavailableError as error:
                fault = fault or error.fault
                continue
            return Reranked(scores, _told(wanted, kind, model, candidates, clock, fault))
        return Reranked(None, _told(wanted, RerankerKind.NONE, None, candidates, clock, fault))

    async def _ask(
        self, kind: RerankerKind, question: str, candidates: Sequence[RerankCandidate]
    ) -> tuple[tuple[float, ...], str]:
        reranker = self._installed.get(kind)
        if reranker is None:
            raise RerankerUnavailableError(RerankFault.NOT_CONFIGURED)
        return await reranker.rerank(question, candidates), reranker.model


def report_degraded(provenance: RerankProvenance) -> None:
    """Count, and log, that the order of a running activity is not the one that was wanted."""
    if provenance.is_degraded and activity.in_activity():
        activity.logger.warning("reranker_degraded", extra=count_degraded(activity.metric_meter(), provenance))


def count_degraded(meter: MetricMeter, provenance: RerankProvenance) -> dict[str, str]:
    """Count one search that was not ranked as wanted, and return the labels that it is counted under."""
    labels = {"wanted": provenance.wanted.value, "used": provenance.used.value, "fault": str(provenance.fault)}
    counter = meter.with_additional_attributes(labels).create_counter(
        DEGRADED_COUNTER, "Searches whose passages were not ranked by the wanted reranker"
    )
    counter.add(1)
    return labels


def _told(
    wanted: RerankerKind,
    used: RerankerKind,
    model: str | None,
    candidates: Sequence[RerankCandidate],
    clock: StepClock,
    fault: RerankFault | None,
) -> RerankProvenance:
    return RerankProvenance(
        wanted=wanted,
        used=used,
        model=model,
        candidates=len(candidates),
        latency_ms=clock.elapsed_ms,
        fault=fault,
    )
