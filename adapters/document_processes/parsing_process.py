"""The process in which one document is parsed or cut: it leaves an outcome and what it made in files, and ends."""

import errno
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from adapters.confined.sandbox import ConfinementRefusedError, Sandbox
from adapters.document_processes.jobs import ChunkTask, Exit, Job, Outcome, ParseTask, Task
from adapters.parsers.controls import cleaned
from adapters.parsers.limits import check_blocks
from adapters.parsers.registry import FormatParser, ParserRegistry
from domain.errors import AnswerableError
from domain.knowledge.chunking import chunk
from domain.knowledge.code_blocks import with_short_code
from domain.knowledge.parsed import ParsedDocument, ParsedReport
from domain.knowledge.passage import ChunkedReport
from domain.knowledge.passage_lines import passage_lines

NICENESS: Final = 10
"""Who asks a question does not wait for those who upload."""

_COPY_BYTES: Final = 1024 * 1024
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


def run(job: Job, parser: FormatParser, sandbox: Sandbox) -> NoReturn:
    """Do the job under its limits; never return, so that nothing of the parent's state is run or flushed twice."""
    code = Exit.DEFECT
    with suppress(BaseException):
        code = _done_into_files(job, parser, sandbox)
    os._exit(code)


def _done_into_files(job: Job, parser: FormatParser, sandbox: Sandbox) -> Exit:
    try:
        # Opened while the worker's folder is within reach; the process can name neither it nor the file later.
        files = [os.open(path, _NEW_FILE, 0o600) for path in (job.result, job.content)]
        document = _confined_with_document(job, sandbox)
        result, content = (os.fdopen(file, "wb") for file in files)
        with result, content:
            result.write(_outcome(job.task, document, content, parser).model_dump_json().encode())
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


def _outcome(task: Task, document: Path, content: BinaryIO, parser: FormatParser) -> Outcome:
    try:
        if isinstance(task, ParseTask):
            return Outcome(parsed=_parse(task, document, content, parser))
        return Outcome(chunked=_chunk(task, document, content))
    except AnswerableError as error:
        return Outcome(failure=error.as_failure())


def _parse(task: ParseTask, document: Path, content: BinaryIO, parser: FormatParser) -> ParsedReport:
    parsed = with_short_code(cleaned(parser.parse(document, task.media_type, task.name)))
    check_blocks(len(parsed.blocks), task.name)
    content.write(parsed.model_dump_json().encode())
    return ParsedReport(parser=parsed.parser, characters=len(parsed.text), blocks=len(parsed.blocks))


def _chunk(task: ChunkTask, document: Path, content: BinaryIO) -> ChunkedReport:
    parsed = ParsedDocument.model_validate_json(document.read_bytes())
    if task.title is not None:
        parsed = parsed.model_copy(update={"title": task.title})
    passages = chunk(parsed, task.options)
    content.writelines(passage_lines(passages))
    return ChunkedReport(chunker=passages.chunker, passages=len(passages.passages), spans=passages.span_count)


def main() -> None:
    os.nice(NICENESS)
    run(Job.model_validate_json(sys.stdin.buffer.read()), ParserRegistry(), Sandbox.prepare())


if __name__ == "__main__":
    main()
