"""The one tokeniser: what is indexed and what is asked go through the same lines."""

import re
import threading
import unicodedata
from functools import lru_cache
from itertools import islice
from typing import Final

import snowballstemmer

from domain.text.stems import has_unspaced, pairs_of

VERSION: Final = "english-2"
"""Changes whenever a text may give other terms; an index is only searched with a version that gives the same ones."""
_WITHOUT_PAIRS: Final = "english-1"
"""Took what is written without spaces for one word; everything else is as now."""

MAX_TERM_CHARACTERS: Final = 64
MAX_QUERY_TERMS: Final = 100
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_STOP_WORDS: Final = frozenset(
    """
    a about above after again against all am an and any are as at be because been before being below between both
    but by can could did do does doing don't down during each few for from further had has have having he her here
    hers herself him himself his how i i'm if in into is isn't it it's its itself just let's me more most my myself
    no nor not now of off on once only or other our ours ourselves out over own same she should so some such than
    that that's the their theirs them themselves then there these they this those through to too under until up us
    very was wasn't we were what what's when where which while who whom why will with won't would you your yours
    yourself yourselves
    """.split()
)
_stemmers = threading.local()  # A stemmer keeps the word it works on, so threads must not share one.


def tokenise(text: str) -> list[str]:
    """The terms of ``text`` in order, repetitions included: case and compatibility folded, stop words dropped,
    English words stemmed, pairs of signs where a script has no spaces, each at most MAX_TERM_CHARACTERS long."""
    folded = _folded(text)
    words = (word for word in _WORD.findall(folded) if word not in _STOP_WORDS)
    if has_unspaced(folded):
        words = (part for word in words for part in (pairs_of(word) if has_unspaced(word) else (word,)))
    # Cut before it is remembered: a stranger's word may have megabytes.
    return [_stem(word[:MAX_TERM_CHARACTERS]) for word in words]


def readable_versions(question: str) -> list[str]:
    """Those whose indexes hold the terms of this question."""
    return [VERSION] if has_unspaced(question) else [VERSION, _WITHOUT_PAIRS]


def query_terms(text: str) -> list[str]:
    """The terms of a question, repetitions included, of its first ``MAX_QUERY_TERMS`` distinct ones: each costs a look
    into every segment of the index."""
    terms = tokenise(text)
    asked = set(islice(dict.fromkeys(terms), MAX_QUERY_TERMS))
    return [term for term in terms if term in asked]


def passage_terms(title: str, section_heading: str, text: str, table_header: str = "") -> list[str]:
    """The terms under which a passage is found: those of its title, of its headings and of the header of a table that
    began before it count as its own."""
    return tokenise(f"{title}\n{section_heading}\n{table_header}\n{text}")


def _folded(text: str) -> str:
    compatible = unicodedata.normalize("NFKC", text).casefold()
    # Case folding can undo the normal form; and both apostrophes mean the same.
    return unicodedata.normalize("NFKC", compatible).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    if not hasattr(_stemmers, "english"):
        _stemmers.english = snowballstemmer.stemmer("english")
    stem: str = _stemmers.english.stemWord(word)
    return stem
