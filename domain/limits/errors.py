"""What is refused because it is too much."""

from domain.errors import AnswerableError, DependencyUnavailableError


class TooManyRequestsError(AnswerableError):
    """The tenant has as many requests under way, and waiting, as one may have; later there is room again."""

    code, status = "too_many_requests", 429


class TooManyFollowersError(AnswerableError):
    """Streams of events are open until their clients close them, and each costs questions to the database."""

    code, status = "too_many_followers", 429


class TextTooCostlyError(AnswerableError):
    """Reading a text took more processor time than it may. It would again, so it is not tried again."""

    code, status = "text_too_costly", 422


class TextProcessUnavailableError(DependencyUnavailableError):
    """No process was free in time to read a text, or those that read it were ended by somebody else."""

    code = "text_process_unavailable"


class WorkerBusyError(DependencyUnavailableError):
    """Enough of this tenant's work waits in the worker already; the step comes again."""

    code = "worker_busy"
