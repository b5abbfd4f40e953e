"""Different words for one thing, and spellings of one word: what a question calls otherwise than the text counts as
there."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from domain.text.stems import stems

# One word takes the place of each phrase, in questions and texts alike.
_PHRASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "wi-fi": "wifi",
        "wi fi": "wifi",
        "e-mail": "email",
        "e-mails": "email",
        "two-factor": "twofactor",
        "two factor": "twofactor",
        "second factor": "twofactor",
        "multi-factor": "twofactor",
        "multi factor": "twofactor",
        "2fa": "twofactor",
        "mfa": "twofactor",
        "single sign-on": "sso",
        "single sign on": "sso",
        "log in": "login",
        "log on": "login",
        "sign in": "login",
        "sign-in": "login",
        "log-in": "login",
        "check-in": "checkin",
        "check in": "checkin",
        "check-out": "checkout",
        "check out": "checkout",
        "call off": "cancel",
        "throw away": "discard",
        "set up": "setup",
        "set-up": "setup",
        "free of charge": "free",
        "founded": "established",
        "on call": "oncall",
        "host name": "hostname",
        "command-line": "cli",
        "command line": "cli",
        "on-call": "oncall",
        "plug-in": "plugin",
        "plug-ins": "plugin",
        "time zone": "timezone",
        "opening hours": "open hours",
        "opening times": "open hours",
        "public holiday": "publicholiday",
        "bank holiday": "publicholiday",
    }
)
_IDENTIFIER: Final = re.compile(r"(?<![^\W_])[A-Za-z0-9]++(?:[_./:-][A-Za-z0-9]++)++(?![^\W_])")
_MAX_IDENTIFIER: Final = 80
_TELLING: Final = re.compile(r"[_/:]|[-.].*\d|\d.*[-.]")
_PHRASE: Final = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, _PHRASES), key=len, reverse=True))})(?!\w)")

_GROUPS: Final = """
price cost fee charge rate tariff
pay payment paid
salary wage pay money
expensive dear cost price
delete remove erase discard drop
change modify edit alter update adjust switch
create add make new
begin start commence
end finish stop close
stop pause silence mute
quit resign leave notice
buy purchase order
cancel revoke withdraw
cancel discard
vacation holiday leave
employee staff worker colleague
company firm organisation organization employer
car vehicle
doctor physician
child kid
spouse partner husband wife
laptop computer notebook pc
login signin
licence license
error fault failure problem
config configuration setting
directory folder
repo repository
app application
docs documentation manual
db database
kubernetes k8s
info information detail
max maximum limit most highest largest longest
min minimum least lowest smallest
colour color
centre center
noise loud noisy decibel db sound
weight heavy kg weigh
height tall high
allow permit may possible allowed
forbid prohibit ban
need require necessary required
phone telephone call mobile
email mail
wifi wireless wlan internet network
picture image photo
movie film
supplier vendor provider
customer client
engineer designer architect
boss manager head lead supervisor
deputy substitute
approve authorise authorize sign
decide decision
maintenance service
warranty guarantee
firmware software
install setup deploy
connect link attach
turn switch
fix repair solve resolution resolve
replace exchange swap
clean wash
shut close
open opening
ship deliver send
lost stolen missing
store keep save retain retention kept
valid validity expire expiry
version release edition
establishment established
memory ram
speed fast quick
trip travel journey
flat apartment
lift elevator
parking park car-park
breakfast morning-meal
arrival checkin arrive
book request reserve
late delay delayed
double duplicate twice
remove strip drop
hostname name
upgrade change
reach arrive receive
broken failing failed
avoid prevent
join merge combine
departure checkout depart
amount number
hour time
teuer preis kosten kostet gebühr entgelt
anmelden ummelden umgezogen umzug ummeldung anmeldung
kündigen kündigung kündigungsfrist
geöffnet öffnungszeiten öffnet offen
abgeben abgabe entsorgen entsorgung
aufzug fahrstuhl lift
hausmeister hauswart
müll abfall tonne
conseguir obtener sacar
biblioteca bibliotecas
ferme fermeture
"""


def _groups() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _GROUPS.strip().splitlines():
        words = frozenset(stems(line.replace("-", "")))
        for word in words:
            found[word] = found.get(word, frozenset()) | words
    return MappingProxyType({word: words - {word} for word, words in found.items()})


_SYNONYMS: Final = _groups()


def synonyms_of(stem: str) -> frozenset[str]:
    """Stems that say the same, or nearly."""
    return _SYNONYMS.get(stem, frozenset())


def with_one_word(text: str) -> str:
    """``text``, case folded, with one word in place of phrases and spellings that mean the same."""
    return _PHRASE.sub(lambda found: _PHRASES[found[0]], text.casefold())


@lru_cache(maxsize=8192)
def meaning_words(text: str) -> frozenset[str]:
    """The stems of a text with its phrases written as one word. Remembered: the passages that answer questions are
    few, and come again."""
    return frozenset(stems(with_one_word(text))) | frozenset(identifiers(text))


def identifiers(text: str) -> list[str]:
    """``ring_flush``, ``c-102``, ``v1/health``, ``events:publish``, ``3.3``: parts joined by signs, case folded."""
    joined = (found for found in _IDENTIFIER.findall(text) if len(found) <= _MAX_IDENTIFIER)
    return [found.casefold() for found in joined if _TELLING.search(found)]
