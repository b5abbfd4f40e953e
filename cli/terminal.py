"""The console that all commands print with: what others wrote cannot steer the terminal."""

import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from domain.answers.markup import without_controls

ID_WIDTH: Final = 36

_NOT_ESCAPED_BY_JSON: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


class Console(RichConsole):
    """Prints texts without control characters; rich's own, such as those that move a progress bar, are kept."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(without_controls(segment.text), segment.style)


def name_over_id(name: str, item_id: UUID, note: str = "") -> Text:
    """A cell of a table: the name and a note, and below it the id. A column of ``ID_WIDTH`` never cuts the id, which
    other commands take, and leaves the other columns 44 of a terminal's 80."""
    return Text.assemble(name, (f"  {note}" if note else "", "dim"), (f"\n{item_id}", "dim"))


def escape_json(text: str) -> str:
    """JSON in which what JSON does not have to escape, but a terminal or an editor obeys, is escaped too."""
    return _NOT_ESCAPED_BY_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
