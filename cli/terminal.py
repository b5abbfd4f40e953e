"""The console that all commands print with: what others wrote cannot steer the terminal."""

import re
from collections.abc import Iterable
from typing import Final

from rich.console import Console as RichConsole
from rich.console import ConsoleOptions, RenderableType
from rich.segment import Segment

from domain.answers.markup import without_controls

_NOT_ESCAPED_BY_JSON: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


class Console(RichConsole):
    """Prints texts without control characters; rich's own, such as those that move a progress bar, are kept."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(without_controls(segment.text), segment.style)


def escaped_json(text: str) -> str:
    """JSON in which what JSON does not have to escape, but a terminal or an editor obeys, is escaped too."""
    return _NOT_ESCAPED_BY_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
