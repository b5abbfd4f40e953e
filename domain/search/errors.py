"""Errors of embedding services."""

from domain.errors import AnswerableError, DependencyUnavailableError
from domain.search.reranking import RerankFault


class EmbedderUnavailableError(DependencyUnavailableError):
    """The embedding service failed, was busy or did not answer."""

    code = "embedder_unavailable"


class EmbedderRejectedError(AnswerableError):
    """The embedding service refuses: the key, the model, the request or the quota."""

    code, status = "embedder_rejected", 502


class EmbedderReplyInvalidError(AnswerableError):
    """What the embedding service returns is no usable vector for each text."""

    code, status = "embedder_reply_invalid", 502


class RerankerUnavailableError(DependencyUnavailableError):
    """A reranker gave no order that can be used. ``rest`` is how many seconds the service asks to be left alone."""

    code = "reranker_unavailable"

    def __init__(self, fault: RerankFault, *, rest: float = 0.0) -> None:
        super().__init__("The reranker gave no order that can be used.", fault=fault.value)
        self.fault = fault
        self.rest = rest
