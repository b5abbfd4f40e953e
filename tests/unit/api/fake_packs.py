"""The packs of an installation behind the HTTP edge."""

from collections.abc import Iterable

from domain.packs.pack import PackSummary
from domain.packs.tool import ToolDef


class Packs:
    def __init__(self) -> None:
        self.noticed: set[str] = set()

    def tools(self) -> tuple[ToolDef, ...]:
        return ()

    def notice(self, pack_ids: Iterable[str]) -> None:
        self.noticed.update(pack_ids)

    def missing(self) -> tuple[str, ...]:
        return tuple(sorted(self.noticed - {pack.pack_id for pack in self.summaries()}))

    def summaries(self) -> tuple[PackSummary, ...]:
        return (PackSummary(pack_id="support", display_name="Support", description="Help.", digest="0"),)
