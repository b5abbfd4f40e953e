"""Keys, tokens and passwords: by the prefixes of their issuers, by the words before them, in addresses and headers.

Each pattern runs in time linear to the text: what stands between a word and its value is bounded.
"""

import re
from collections.abc import Iterator
from typing import Final

from domain.guardrails.issued_keys import KEYS
from domain.guardrails.secret_words import LEADS, NEXT_LINE, OPTION, VALUE, WORD

_BLOCK: Final = re.compile(
    r"-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}[\s\S]*?"
    r"(?:-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|\Z)"
    r"|PuTTY-User-Key-File-\d:[\s\S]*?(?:Private-MAC: ?[0-9a-f]+|\Z)"
)
_ADDRESS: Final = re.compile(
    # A password may hold an @ of its own: the last one before the path is the host's.
    r"(?<=://)[^\s/:@\"'<>]{0,256}:[^\s/\"'<>]{1,256}(?=@)"
    r"|(?<=hooks\.slack\.com/services/)[\w/]{20,}"
    r"|(?<=discord\.com/api/webhooks/)\d{6,}/[\w-]{20,}"
    r"|(?<=[?&]sig=)[\w%+/=-]{20,}"
    r"|(?<=[?&]X-Amz-Signature=)[0-9a-f]{32,}"
)
_PARAMETER: Final = re.compile(
    r"[?&#;](?:key|signature|session|sessionid|sid|jsessionid|phpsessid|auth|code|jwt|apikey)="
    r"(?P<value>[\w%+/.~-]{12,}={0,2})",
    re.IGNORECASE,
)
_BARE_ADDRESS: Final = re.compile(
    r"(?<![\w/.@:-])(?!(?:mailto|sip|sips|xmpp|acct|e-?mail|from|to|cc|contact):)[A-Za-z][\w.-]{0,63}:"
    r"(?P<value>[^\s/:\"'<>()\[\]|,;]{6,64})(?<!@)@(?=[\w(/\[])",
    re.IGNORECASE,
)
_COOKIE: Final = re.compile(
    r"\b(?:Set-)?Cookie2?[\"']?[ \t]{0,3}:[ \t]{0,3}[\"']?(?P<value>[^\s\"'=]{1,80}=[^\r\n\"']{4,4000})", re.IGNORECASE
)
_HEADER: Final = re.compile(
    r"\b(?:Bearer|Basic|Token|ApiKey|Digest|Negotiate)[ \t]{1,4}[\"'`]?(?P<value>[\w.~+/-]{8,}={0,2})", re.IGNORECASE
)
_CREDENTIALS: Final = re.compile(
    r"\b(?:curl|wget|http|https)\b[^\n]{0,200}?[ \t](?:-u|--user)[ =]?[\"']?[^\s:\"']{1,64}:"
    r"(?P<value>[^\s\"']{4,128})"
    r"|\b(?:mysql|mysqldump|mysqladmin|mariadb|sshpass|docker login|podman login|redis-cli|az login"
    r"|smbclient|oc login)\b[^\n]{0,200}?[ \t](?:-p|-a)[ ]?[\"']?(?P<option>[^\s\"'-][^\s\"']{3,128})"
    r"|\b(?:identified\s{1,4}by|(?:user|role)\b[^\n'\"]{1,80}\bpassword)\s{1,4}(?:password\s{1,4})?['\"]"
    r"(?P<sql>[^'\"\n]{4,128})",
    re.IGNORECASE,
)

_PLACEHOLDER: Final = re.compile(
    r"\$|\{|%\(|\.\.\.|…|\*{3}|x{4}|"
    r"(?:^|[_-])(?:your|my|the|example|sample|placeholder|changeme|redacted|dummy|do[_-]not[_-]use|here)"
    r"(?:$|[_-])|^(?:os|process|settings|env|config|self)\."
    # A protocol or a dialect behind "basic", a decorator in the line below "pass", the name of a resource.
    r"|^[a-z]{2,12}/(?:\d(?:\.\d)?|c\+\+)\.?$|^@[a-z_][a-z_.]*(?:\([^\d]*)?$|^arn:|^(?:sha|md|aes|utf|base|rsa|hs|rs|es)-?\d{1,4}$",
    re.IGNORECASE,
)
# Tokens that lead to the next page, or hold a lock; the name of a secret in that of a resource.
_NO_SECRET_BEFORE: Final = re.compile(
    r"(?:next|starting|page|paging|pagination|continuation|lock|change)[ _-]{0,2}(?:page)?[ _-]?$|\barn:[\w:-]{0,80}:$",
    re.IGNORECASE,
)
_PIN: Final = re.compile(
    r"(?<![A-Za-z])PIN(?:[ -]?code)?[*_`\"']{0,4}[ \t]{0,3}(?::|=|\bis\b|\|)[*_`\"' \t]{0,6}(?P<value>\d{4,8})(?!\d)"
)


def find_secrets(text: str) -> list[tuple[int, int]]:
    """(start, end) of every secret; they may overlap."""
    found = [match.span() for match in KEYS.finditer(text)]
    if "BEGIN " in text or "PuTTY" in text:
        found += [match.span() for match in _BLOCK.finditer(text)]
    if "://" in text or "hooks." in text or "?" in text:
        found += [match.span() for match in _ADDRESS.finditer(text)]
    if "=" in text:
        found += [match.span("value") for match in _PARAMETER.finditer(text)]
    if "PIN" in text:
        found += [match.span("value") for match in _PIN.finditer(text)]
    found += _where_something_is_said(text)
    return found + list(_assigned(text))


def _where_something_is_said(text: str) -> Iterator[tuple[int, int]]:
    patterns = [_HEADER, _CREDENTIALS]
    if "@" in text:
        patterns.append(_BARE_ADDRESS)
    if "ookie" in text or "OOKIE" in text:
        patterns.append(_COOKIE)
    for pattern in patterns:
        for match in pattern.finditer(text):
            value = match.lastgroup or "value"
            if not (_says_nothing(match[value]) or _leads_on(text, match.start())):
                yield match.span(value)


def _assigned(text: str) -> Iterator[tuple[int, int]]:
    """Values behind a word that says what they are."""
    for word in WORD.finditer(text):
        for start, end in _values(text, word):
            if not _says_nothing(text[start:end].strip("*_\\")):
                if not _leads_on(text, word.start()):
                    yield start, end
                break


def _values(text: str, word: re.Match[str]) -> Iterator[tuple[int, int]]:
    """What may be the value behind the word; a space is enough behind an option of a command."""
    if below := NEXT_LINE.match(text, word.end()):
        yield below.span("value")
    is_option = text.rfind("--", max(0, word.start() - 24), word.start()) >= 0
    for lead in (OPTION, *LEADS) if is_option else LEADS:
        if (leads := lead.match(text, word.end())) and (value := VALUE.match(text, leads.end())):
            yield value.span()


def _leads_on(text: str, start: int) -> bool:
    """Whether the word there is of a page's token or of a resource's name."""
    return _NO_SECRET_BEFORE.search(text, max(0, start - 90), start) is not None


def _says_nothing(value: str) -> bool:
    """Whether a value behind "password" or "Bearer" is a word, a placeholder or a variable and not a secret."""
    if _PLACEHOLDER.search(value):
        return True
    bare = value.rstrip(".!?:*_")
    if bare.isdigit():
        return len(bare) < 6
    # A word, a name in code or a path has no digit inside; a password has one, or a sign that no word has.
    return not (any(sign.isdigit() for sign in bare) or re.search(r"[!@#$%^&*+=~]", bare)) or "://" in bare
