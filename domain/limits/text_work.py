"""Work on strangers' texts, kept apart from the loop that everybody's answers wait for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar
from uuid import UUID

from domain.base import Value

MAX_INLINE_CHARACTERS: Final = 150
"""Of strangers' texts that are read where they are: at most about 7 ms, and half a millisecond for most questions."""

Given = TypeVar("Given", bound=Value)
Found = TypeVar("Found", bound=Value)


@dataclass(frozen=True)
class TextStep(Generic[Given, Found]):
    """One pure function of texts and what belongs to them. ``is_long`` says of what is given whether the function may
    take more than a few milliseconds."""

    name: str
    given: type[Given]
    found: type[Found]
    work: Callable[[Given], Found]
    is_long: Callable[[Given], bool]


class TextWork(Protocol):
    async def run(self, step: TextStep[Given, Found], given: Given, tenant_id: UUID) -> Found:
        """What the step finds.

        Raises TextTooCostlyError when it took more than it may, and will not be tried again;
        TextProcessUnavailableError (retryable).
        """
        ...


class InlineTextWork:
    """Does the work where it is asked for: for evaluations and tests, which keep nobody else waiting."""

    async def run(self, step: TextStep[Given, Found], given: Given, tenant_id: UUID) -> Found:  # noqa: ARG002 - the port's
        return step.work(given)
