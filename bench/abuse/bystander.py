"""The other tenant: it asks one question after the other, and counts what it waited."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from answerable_sdk import AnswerableError, AsyncAnswerable, ResponseError, RetryPolicy
from packs.product_support.pack import PACK

_PAUSE_SECONDS: Final = 0.15
_TIMEOUT_SECONDS: Final = 120.0


@dataclass
class Waited:
    """``milliseconds`` of each question, however it ended; ``wrong`` counts what was no answer, by its code."""

    milliseconds: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)


async def ask_for(url: str, api_key: str, *, seconds: float = 0.0, questions: int = 0) -> Waited:
    """Ask until ``seconds`` are over and at least ``questions`` were asked."""
    waited, asked = Waited(), _questions()
    end = time.monotonic() + seconds
    async with AsyncAnswerable(url, api_key, timeout=_TIMEOUT_SECONDS, retries=RetryPolicy(attempts=5)) as client:
        for number in itertools.count():
            if number >= questions and time.monotonic() >= end:
                return waited
            await _ask(client, next(asked), waited)
            await asyncio.sleep(_PAUSE_SECONDS)
    return waited


async def _ask(client: AsyncAnswerable, question: str, waited: Waited) -> None:
    began = time.perf_counter()
    try:
        answer = await client.ask(question, idempotency_key=uuid4().hex)
    except ResponseError as error:
        waited.wrong[error.code] += 1
    except AnswerableError as error:
        waited.wrong[type(error).__name__] += 1
    else:
        if not answer.citations:
            waited.wrong["no citation"] += 1
    waited.milliseconds.append((time.perf_counter() - began) * 1000)


def _questions() -> Iterator[str]:
    """Those of the demo pack that its documents answer: tools have times of their own."""
    return itertools.cycle(question for question in PACK.sample_questions if question.startswith("How do I"))
