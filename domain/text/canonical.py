"""Texts that are made of several: written so that no two different lists become the same text."""

import json
import re
from collections.abc import Iterable
from typing import Final

from domain.base import JsonValue

_PLAIN: Final = re.compile(r"[\w.*:/@+-]+")


def canonical(value: JsonValue) -> str:
    """JSON in its one spelling: what ids, fingerprints and keys of caches are made of. Joined by a separator, the roles
    ``["a,b"]`` would be ``["a", "b"]``."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def listed(names: Iterable[str]) -> str:
    """Names for people, "none" where there are none. A name that is more than a word is quoted, so that it cannot pass
    for several, or for the line that follows."""
    shown = (name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False) for name in names)
    return ", ".join(shown) or "none"
