"""What planning and running tools need of the outside world."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from domain.packs.pack import PackSummary
from domain.packs.tool import TimeframeReading, ToolDef, ToolOutput, ToolRequest


class TimeframeReader(Protocol):
    def read(self, question: str, now: datetime, time_zone: str) -> TimeframeReading:
        """The span of time that a question names, relative to ``now`` and in ``time_zone`` (IANA name)."""
        ...

    def last(self, duration: str, now: datetime, time_zone: str) -> TimeframeReading:
        """The span of a duration such as 24h, ending ``now``."""
        ...


class ArgumentValidator(Protocol):
    def problems(self, tool: ToolDef, arguments: dict[str, object]) -> tuple[str, ...]:
        """Why the tool's schema refuses ``arguments``, a sentence each; none when it accepts them."""
        ...


class ToolRunner(Protocol):
    async def run(self, request: ToolRequest) -> ToolOutput:
        """Call the tool within its limits.

        Raises ToolError, of the class that says what happened; ToolServiceError alone can help to try again.
        """
        ...


class PackCatalog(Protocol):
    def summaries(self) -> tuple[PackSummary, ...]: ...

    def notice(self, pack_ids: Iterable[str]) -> None:
        """Packs that a bot or a dataset names. Those that are not installed are closed, and an operator is warned."""
        ...

    def missing(self) -> tuple[str, ...]:
        """Those that were noticed and are not installed, by name."""
        ...

    def tools(self) -> tuple[ToolDef, ...]:
        """The tools of all packs."""
        ...
