"""The committed Markdown pages, taken apart: links, headings, code in the text and blocks of commands."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from tests.architecture.sources import ROOT, paths

_FENCE = re.compile(r"^(?P<indent> *)(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\((?P<target>[^()\s]+)(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*#*$")
# Documents that Answerable answers from are no documentation of it.
_NOT_OURS = ("packs/", "tests/")


@dataclass(frozen=True)
class Block:
    """A fenced block. ``info`` is what stands behind the fence: "console run" for commands that a test runs."""

    page: str
    line: int
    info: tuple[str, ...]
    text: str

    def commands(self) -> list[str]:
        """What follows each ``$``, lines that end in a backslash joined."""
        joined = self.text.replace("\\\n", " ")
        return [line.removeprefix("$ ") for line in joined.splitlines() if line.startswith("$ ")]


@dataclass(frozen=True)
class Found:
    """A piece of a page, and where it stands."""

    page: str
    line: int
    text: str

    def __str__(self) -> str:
        """Where and what, in the form that editors jump to."""
        return f"{self.page}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Page:
    """One Markdown file. ``path`` is relative to the root of the checkout."""

    path: str
    lines: tuple[str, ...]
    blocks: tuple[Block, ...]

    def links(self) -> Iterator[Found]:
        for number, line in self._prose():
            for link in _LINK.finditer(_CODE.sub("code", line)):
                yield Found(self.path, number, link["target"])

    def code(self) -> Iterator[Found]:
        """Every piece of code within the text."""
        for number, line in self._prose():
            for span in _CODE.finditer(line):
                yield Found(self.path, number, span[2].strip())

    def anchors(self) -> set[str]:
        """The names under which headings can be linked to, as code hosts make them."""
        seen: Counter[str] = Counter()
        anchors = set()
        for _, line in self._prose():
            if heading := _HEADING.match(line):
                name = _anchor(heading["text"])
                anchors.add(f"{name}-{seen[name]}" if seen[name] else name)
                seen[name] += 1
        return anchors

    def target(self, link: str) -> tuple[str, str]:
        """The path, from the root of the checkout, and the anchor of a relative link."""
        path, _, anchor = link.partition("#")
        if not path:
            return self.path, anchor
        parts: list[str] = []
        for part in (PurePosixPath(self.path).parent / path).parts:
            if part == ".." and parts:
                parts.pop()
            else:
                parts.append(part)
        return "/".join(parts), anchor

    def _prose(self) -> Iterator[tuple[int, str]]:
        """The lines outside fenced blocks; those within are empty here."""
        return ((number, line) for number, line in enumerate(self.lines, start=1) if line)


@cache
def pages() -> tuple[Page, ...]:
    return tuple(
        parse(path, (ROOT / path).read_text(encoding="utf-8"))
        for path in paths()
        if path.endswith(".md") and not path.startswith(_NOT_OURS)
    )


def parse(path: str, text: str) -> Page:
    prose: list[str] = []
    blocks: list[Block] = []
    mark, opened, info, held = "", 0, "", list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        fence = _FENCE.match(line)
        if not mark and fence:
            mark, opened, info, held = fence["mark"], number, fence["info"], []
        elif mark and fence and fence["mark"].startswith(mark) and not fence["info"].strip():
            blocks.append(Block(path, opened, tuple(info.split()), "\n".join(held)))
            mark = ""
        elif mark:
            held.append(line)
        prose.append("" if mark or fence else line)
    assert not mark, f"{path}:{opened}: a block that is not closed"
    return Page(path, tuple(prose), tuple(blocks))


def _anchor(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
