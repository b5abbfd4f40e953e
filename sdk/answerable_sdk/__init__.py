"""The client side of Answerable, and (in ``answerable_sdk.packs``) the types that packs are described with."""

from answerable_sdk.client import Answerable, AsyncAnswerable
from answerable_sdk.errors import (
    AnswerableError,
    BotNotFoundError,
    DatasetNotFoundError,
    HistoryExpiredError,
    IdempotencyConflictError,
    InvalidRequestError,
    NotAuthenticatedError,
    NotFoundError,
    PackNotFoundError,
    PassageErasedError,
    PermissionDeniedError,
    RateLimitedError,
    ResponseError,
    ServiceUnavailableError,
    SessionNotFoundError,
    TooLargeError,
    TurnFailedError,
    UnreachableError,
    WaitTimeoutError,
)
from answerable_sdk.model import ErrorBody, Notice
from answerable_sdk.resources.answers import AskOptions, ChatResponse, Citation
from answerable_sdk.resources.audit import Audit, AuditEvent
from answerable_sdk.resources.bots import Bot, BotChanges
from answerable_sdk.resources.conversations import Conversation, ConversationPage, ListedConversation, Message
from answerable_sdk.resources.datasets import Dataset
from answerable_sdk.resources.documents import Document, DocumentPage, UploadOptions
from answerable_sdk.resources.feedback import Feedback, FeedbackAnalytics
from answerable_sdk.resources.ingests import Ingest, IngestPage
from answerable_sdk.resources.installed_packs import Pack
from answerable_sdk.resources.passages import Passage, Quoted
from answerable_sdk.resources.policies import PolicyVersion
from answerable_sdk.resources.search import ExplainedResult, ExplainedSearch, Search, SearchOptions, SearchResult
from answerable_sdk.resources.server import Health, Readiness
from answerable_sdk.resources.sweeps import LeftOver, Sweep
from answerable_sdk.resources.tenants import Tenant
from answerable_sdk.resources.tunings import Boost, Tuning
from answerable_sdk.resources.turns import ListedTurn, Turn, TurnOptions, TurnPage
from answerable_sdk.transport.retries import RetryPolicy

__all__ = [
    "Answerable",
    "AnswerableError",
    "AskOptions",
    "AsyncAnswerable",
    "Audit",
    "AuditEvent",
    "Boost",
    "Bot",
    "BotChanges",
    "BotNotFoundError",
    "ChatResponse",
    "Citation",
    "Conversation",
    "ConversationPage",
    "Dataset",
    "DatasetNotFoundError",
    "Document",
    "DocumentPage",
    "ErrorBody",
    "ExplainedResult",
    "ExplainedSearch",
    "Feedback",
    "FeedbackAnalytics",
    "Health",
    "HistoryExpiredError",
    "IdempotencyConflictError",
    "Ingest",
    "IngestPage",
    "InvalidRequestError",
    "LeftOver",
    "ListedConversation",
    "ListedTurn",
    "Message",
    "NotAuthenticatedError",
    "NotFoundError",
    "Notice",
    "Pack",
    "PackNotFoundError",
    "Passage",
    "PassageErasedError",
    "PermissionDeniedError",
    "PolicyVersion",
    "Quoted",
    "RateLimitedError",
    "Readiness",
    "ResponseError",
    "RetryPolicy",
    "Search",
    "SearchOptions",
    "SearchResult",
    "ServiceUnavailableError",
    "SessionNotFoundError",
    "Sweep",
    "Tenant",
    "TooLargeError",
    "Tuning",
    "Turn",
    "TurnFailedError",
    "TurnOptions",
    "TurnPage",
    "UnreachableError",
    "UploadOptions",
    "WaitTimeoutError",
]
