"""The work on strangers' texts: what a chat worker and the processes that read for it both put together.

No client of a server is imported here: the processes are small, and have nothing to reach anybody with.
"""

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from activities.admission import Admissions
from activities.turns.completion import AnswerCompletion
from activities.turns.guarding import AnswerGuard
from activities.turns.understanding import QuestionReading
from adapters.confined import text_process
from adapters.confined.environment import bare_environment
from adapters.confined.text_processes import TextProcesses
from adapters.packs.schemas import JsonSchemaValidator
from adapters.personal_data import NumberingPlanDetector
from adapters.search.spelling import closest_word
from adapters.timeframes.reader import DateparserTimeframes
from domain.packs.tool_arguments import ToolPlanner
from domain.questions.follow_up import FollowUps

TEXT_PROCESS: Final = "workers.text_process"
"""The module that such a process runs."""


def open_reading(admissions: Admissions | None = None) -> QuestionReading:
    """Warmed up: the first question for figures must not pay for loading the date parser."""
    timeframes = DateparserTimeframes()
    timeframes.warm_up()
    planner = ToolPlanner(timeframes, JsonSchemaValidator())
    return QuestionReading(planner, FollowUps(timeframes), admissions)


def open_completion(admissions: Admissions | None = None) -> AnswerCompletion:
    """Warmed up: numbering plans are loaded with the first number."""
    detector = NumberingPlanDetector()
    detector.find("Call 030 1234567.")
    return AnswerCompletion(AnswerGuard(detector, admissions), closest_word)


@asynccontextmanager
async def open_text_processes(module: str = TEXT_PROCESS) -> AsyncIterator[TextProcesses]:
    """Returns while they load; ``started`` waits for that."""
    async with TextProcesses((sys.executable, "-P", "-m", module), bare_environment()) as processes:
        yield processes


def serve_texts() -> None:
    """What such a process does, until its worker closes its end."""
    admissions = Admissions()
    completion = open_completion(admissions)
    steps = (open_reading(admissions).step, completion.composing, completion.guarding)
    gc.collect()
    gc.freeze()
    text_process.serve(steps)
