"""How texts of users and documents appear in the Temporal UI: redacted, shortened, inert."""

import json
from typing import Final

from domain.guardrails.redaction import PREVIEW_CHARACTERS, redacted_preview

# Temporal refuses a summary of more than 400 bytes, and a refused command stops the workflow.
_LINE_BYTES: Final = 250


MESSAGE_CHARACTERS: Final = 400


def shown(text: str, length: int = PREVIEW_CHARACTERS) -> str:
    """The redacted start of a text on one line. The UI renders Markdown: links, images and HTML of others go dead."""
    flat = redacted_preview(text, length).replace("](", "] (").replace("<", "\u2039")
    return "".join(character for character in flat if character.isprintable())


def one_line(text: str) -> str:
    """The same, short enough to be the summary of a step or a workflow."""
    line = shown(text, _LINE_BYTES)
    while len(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace")) > _LINE_BYTES:
        line = f"{line[:-2].rstrip()}…"
    return line


def count(number: int, noun: str) -> str:
    """``1 span``, ``6,004 spans``, ``no spans``."""
    return f"{f'{number:,}' if number else 'no'} {noun}{'' if number == 1 else 's'}"
