"""One of what was just listed: "the second one", "step 3", "what is the last step?"."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.answers.items import LAST

_ORDINALS: Final[Mapping[str, int]] = MappingProxyType(
    {
        word: place
        for place, words in enumerate(
            (
                "first erste erster erstes premier première primero primera primo prima",
                "second zweite zweiter zweites deuxième segundo segunda secondo seconda",
                "third dritte dritter drittes troisième tercero tercera terzo terza",
                "fourth vierte quatrième cuarto quarto",
                "fifth fünfte cinquième quinto",
                "sixth sechste sixième sexto sesto",
                "seventh siebte septième séptimo",
                "eighth achte huitième octavo ottavo",
            ),
            start=1,
        )
        for word in words.split()
    }
)
_ORDINAL: Final = rf"(?P<ordinal>{'|'.join(_ORDINALS)}|last|letzte[rs]?|dernière?|último|ultimo)"
_NOUN: Final = r"(?:one|step|point|item|entry|row|option|schritt|punkt|étape|paso|passo)"
_ASKING: Final = (
    r"(?:(?:and|und|et|y)\s+)?(?:(?:what(?:['\u2019]s|\s+is|\s+about|\s+was)?|tell\s+me(?:\s+more)?(?:\s+about)?"
    r"|show(?:\s+me)?|explain|was\s+ist|wie\s+ist|quelle\s+est|cuál\s+es)\s+)?"
)
_NUMBERED: Final = rf"{_NOUN}\s+(?:no\.?\s*|number\s+)?(?P<number>\d{{1,2}})"
_NTH: Final = rf"(?P<nth>\d{{1,2}})(?:st|nd|rd|th)(?:\s+{_NOUN})?"
_ONE: Final = re.compile(
    rf"\W*{_ASKING}(?:(?:the|der|die|das|la|le|el|il)\s+)?(?:{_ORDINAL}(?:\s+{_NOUN})?|{_NUMBERED}|{_NTH})\W*"
)
_MAX_MESSAGE: Final = 80


def item_asked(message: str) -> int | None:
    """The place from 1 of the item that a message asks for and nothing else, LAST for the last one."""
    text = " ".join(message[: _MAX_MESSAGE + 1].casefold().split())
    found = _ONE.fullmatch(text) if len(text) <= _MAX_MESSAGE else None
    if found is None:
        return None
    number = found["number"] or found["nth"]
    if number:
        return int(number) or None
    return _ORDINALS.get(found["ordinal"], LAST)
