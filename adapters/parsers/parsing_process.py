"""The process in which one document is parsed: it leaves an outcome in a file, and ends."""

import errno
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from adapters.confined.sandbox import ConfinementRefusedError, Sandbox
from adapters.parsers.jobs import Exit, Job, Outcome
from adapters.parsers.registry import FormatParser, ParserRegistry
from domain.errors import AnswerableError

_COPY_BYTES: Final = 1024 * 1024


def run(job: Job, parser: FormatParser, sandbox: Sandbox) -> NoReturn:
    """Parse under the job's limits; never return, so that nothing of the parent's state is run or flushed twice."""
    code = Exit.DEFECT
    with suppress(BaseException):
        code = _parsed_into_file(job, parser, sandbox)
    os._exit(code)


def _parsed_into_file(job: Job, parser: FormatParser, sandbox: Sandbox) -> Exit:
    try:
        # Opened while the worker's folder is within reach; the process can name neither it nor the file later.
        result = os.open(job.result, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        document = _confined_with_document(job, sandbox)
        content = _outcome(job, document, parser).model_dump_json().encode()
        with os.fdopen(result, "wb") as file:
            file.write(content)
    except ConfinementRefusedError:
        return Exit.NOT_CONFINED
    except MemoryError:
        return Exit.OUT_OF_MEMORY
    except OSError as error:
        if error.errno == errno.ENOMEM:
            return Exit.OUT_OF_MEMORY
        return Exit.RESULT_TOO_LARGE if error.errno == errno.EFBIG else Exit.DEFECT
    return Exit.DONE


def _confined_with_document(job: Job, sandbox: Sandbox) -> Path:
    """Enter the sandbox, in a folder of the job's own, and return where the document is."""
    folder = Path(f"{job.result}.work")
    folder.mkdir(mode=0o700, exist_ok=True)
    document = Path(job.path)
    if sandbox.becomes_another:
        # The new user has to pass through the worker's folder for this job, and sees nothing in it.
        folder.parent.chmod(0o711)
        document = folder / "document"
        with Path(job.path).open("rb") as source, document.open("wb") as copy:
            shutil.copyfileobj(source, copy, _COPY_BYTES)
        document.chmod(0o644)
    os.chdir(folder)
    tempfile.tempdir = str(folder)
    sandbox.enter(job.limits, folder=folder, readable=(document,), required=job.required)
    return document


def _outcome(job: Job, document: Path, parser: FormatParser) -> Outcome:
    try:
        return Outcome(document=parser.parse(document, job.media_type, job.name))
    except AnswerableError as error:
        return Outcome(failure=error.as_failure())


if __name__ == "__main__":
    run(Job.model_validate_json(sys.stdin.buffer.read()), ParserRegistry(), Sandbox.prepare())
