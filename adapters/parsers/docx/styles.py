"""What the styles and the numbering of a Word document say about a paragraph."""

import re
from collections import defaultdict
from typing import Final, Literal, NamedTuple
from xml.etree.ElementTree import Element

from adapters.parsers.docx.package import W

Role = Literal["body", "title", "heading", "code", "quote"]
_HEADING: Final = re.compile(r"heading (\d)\Z")
_CODE: Final = re.compile(r"\b(?:code|source|listing|preformatted|macro|verbatim)\b")
_DEEPEST_INHERITANCE: Final = 20
# Word has nine levels.
_DEEPEST_LIST: Final = 8
_BULLET_FORMATS: Final = frozenset({"bullet", "none"})


class Style(NamedTuple):
    role: Role = "body"
    level: int = 0
    list_id: str | None = None
    list_level: int = 0


def value(parent: Element | None, path: str) -> str | None:
    """The w:val of the element at ``path``, such as ``pPr/pStyle``, below ``parent``."""
    found = parent.find("/".join(W + step for step in path.split("/"))) if parent is not None else None
    return found.get(f"{W}val") if found is not None else None


class Styles:
    def __init__(self, root: Element | None) -> None:
        declared = root.findall(f"{W}style") if root is not None else []
        self._elements = {style.get(f"{W}styleId"): style for style in declared}
        self._known: dict[str | None, Style] = {}

    def of(self, paragraph: Element) -> Style:
        """The paragraph's style, with what the paragraph itself says laid over it."""
        named = self._named(value(paragraph, "pPr/pStyle"))
        outline = _number(value(paragraph, "pPr/outlineLvl"))
        if named.role == "body" and outline is not None and outline < 9:
            named = named._replace(role="heading", level=outline + 1)
        list_id = value(paragraph, "pPr/numPr/numId")
        if list_id is not None:
            level = min(_number(value(paragraph, "pPr/numPr/ilvl")) or 0, _DEEPEST_LIST)
            named = named._replace(list_id=None if list_id == "0" else list_id, list_level=level)
        return named

    def _named(self, style_id: str | None) -> Style:
        if style_id not in self._known:
            self._known[style_id] = self._resolved(style_id)
        return self._known[style_id]

    def _resolved(self, style_id: str | None) -> Style:
        """Walk up the styles that this one is based on; the nearest word on anything counts."""
        resolved = Style()
        for _ in range(_DEEPEST_INHERITANCE):
            element = self._elements.get(style_id)
            if element is None:
                break
            if resolved.role == "body":
                role, level = _role(element)
                resolved = resolved._replace(role=role, level=level)
            if resolved.list_id is None:
                list_level = _number(value(element, "pPr/numPr/ilvl")) or 0
                resolved = resolved._replace(list_id=value(element, "pPr/numPr/numId"), list_level=list_level)
            style_id = value(element, "basedOn")
        return resolved


def _role(style: Element) -> tuple[Role, int]:
    name = (value(style, "name") or "").casefold()
    heading = _HEADING.match(name)
    if heading:
        return "heading", int(heading.group(1))
    if name == "title":
        return "title", 1
    if _CODE.search(name) or name == "html preformatted":
        return "code", 0
    if name in ("quote", "intense quote", "block text"):
        return "quote", 0
    outline = _number(value(style, "pPr/outlineLvl"))
    return ("heading", outline + 1) if outline is not None and outline < 9 else ("body", 0)


class Numbering:
    """The marks of list items, counted as Word counts them."""

    def __init__(self, root: Element | None) -> None:
        self._formats: dict[tuple[str, int], str] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._abstract: dict[str, str] = {}
        if root is None:
            return
        for number in root.findall(f"{W}num"):
            self._abstract[number.get(f"{W}numId") or ""] = value(number, "abstractNumId") or ""
        for abstract in root.findall(f"{W}abstractNum"):
            identity = abstract.get(f"{W}abstractNumId") or ""
            for level in abstract.findall(f"{W}lvl"):
                depth = _number(level.get(f"{W}ilvl")) or 0
                self._formats[identity, depth] = value(level, "numFmt") or "decimal"

    def mark(self, list_id: str, level: int) -> str:
        """``-`` for a bullet, ``3.`` for the third item of a numbered list."""
        written = self._formats.get((self._abstract.get(list_id, ""), level), "bullet")
        if written in _BULLET_FORMATS:
            return "-"
        counts = self._counts[list_id]
        counts[level] = counts.get(level, 0) + 1
        for deeper in [depth for depth in counts if depth > level]:
            del counts[deeper]
        return f"{counts[level]}."


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None
