"""The process in which one document is parsed: it leaves an outcome in a file, and ends."""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from adapters.parsers.confinement import confine
from adapters.parsers.jobs import Exit, Job, Outcome
from adapters.parsers.registry import FormatParser, ParserRegistry
from domain.errors import AnswerableError


def run(job: Job, parser: FormatParser) -> NoReturn:
    """Parse under the job's limits; never return, so that nothing of the parent's state is run or flushed twice."""
    code = Exit.DEFECT
    with suppress(BaseException):
        code = _parsed_into_file(job, parser)
    os._exit(code)


def _parsed_into_file(job: Job, parser: FormatParser) -> Exit:
    try:
        confine(job.limits)
        content = _outcome(job, parser).model_dump_json().encode()
        Path(job.result).write_bytes(content)
    except MemoryError:
        return Exit.OUT_OF_MEMORY
    except OSError as error:
        if error.errno == errno.ENOMEM:
            return Exit.OUT_OF_MEMORY
        return Exit.RESULT_TOO_LARGE if error.errno == errno.EFBIG else Exit.DEFECT
    return Exit.DONE


def _outcome(job: Job, parser: FormatParser) -> Outcome:
    try:
        return Outcome(document=parser.parse(Path(job.path), job.media_type, job.name))
    except AnswerableError as error:
        return Outcome(failure=error.as_failure())


if __name__ == "__main__":
    run(Job.model_validate_json(sys.stdin.buffer.read()), ParserRegistry())
