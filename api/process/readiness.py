"""Whether the dependencies answer, asked at most once a second however many ask."""

import asyncio
import math
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final, NamedTuple

import structlog

from api.process.deadlines import within
from domain.errors import AnswerableError, DependencyUnavailableError

_DEADLINE_SECONDS: Final = 5.0
REMEMBERED_SECONDS: Final = 1.0
_log = structlog.get_logger("api")

Check = Callable[[], Coroutine[Any, Any, object]]
AskForWarnings = Callable[[], Coroutine[Any, Any, Sequence[str]]]


class DependencyCheck(NamedTuple):
    """How one dependency answered, and after how many milliseconds."""

    name: str
    ok: bool
    latency_ms: float


class ReadinessReport(NamedTuple):
    """One check of every dependency, and what works but not as it should: a sentence each."""

    checks: tuple[DependencyCheck, ...]
    warnings: tuple[str, ...]


class ReadinessProbe:
    """Anybody may ask for readiness, so requests that come within a second share one answer."""

    def __init__(self, checks: Mapping[str, Check], warnings: Sequence[AskForWarnings]) -> None:
        """``checks``: the cheapest real request to each dependency, by its name."""
        self._checks = checks
        self._warnings = warnings
        self._answered_at = -math.inf
        self._answer: asyncio.Task[ReadinessReport] | None = None

    async def report(self) -> ReadinessReport:
        is_old = time.monotonic() - self._answered_at >= REMEMBERED_SECONDS
        if self._answer is None or (self._answer.done() and is_old):
            self._answer = asyncio.create_task(self._ask())
        # Shielded: one client that goes away must not take the answer from the others.
        return await asyncio.shield(self._answer)

    async def _ask(self) -> ReadinessReport:
        asking = asyncio.gather(*(_warnings_of(ask) for ask in self._warnings))
        checks = await asyncio.gather(*(_check(name, check) for name, check in self._checks.items()))
        warnings = await asking
        self._answered_at = time.monotonic()
        return ReadinessReport(tuple(checks), tuple(warning for each in warnings for warning in each))


async def _check(name: str, check: Check) -> DependencyCheck:
    started = time.perf_counter()
    problem = await _problem_of(check)
    if problem is not None:
        _log.warning("dependency_not_ready", dependency=name, problem=problem)
    return DependencyCheck(name, problem is None, round((time.perf_counter() - started) * 1000, 1))


async def _problem_of(check: Check) -> str | None:
    try:
        await within(_DEADLINE_SECONDS, check(), DependencyUnavailableError("No answer in time."))
    except AnswerableError as error:
        return error.code
    except Exception as error:  # noqa: BLE001 - readiness says what is broken, and must not break itself
        return type(error).__name__
    return None


async def _warnings_of(ask: AskForWarnings) -> Sequence[str]:
    try:
        return await within(_DEADLINE_SECONDS, ask(), DependencyUnavailableError("No answer in time."))
    except Exception as error:  # noqa: BLE001 - readiness must not break itself; a check says more of what is away
        _log.warning("warnings_unknown", problem=type(error).__name__)
        return ()
