"""Mailboxes and addresses of machines, and what only looks like them: versions of packages, sections, units, files."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from domain.guardrails.numbers_in_text import has_words_before

_MAILBOX: Final = re.compile(
    # The last part of a host begins with a letter; that of a package's version does not.
    r"(?<![\w.+%-])(?P<user>[\w.+%-]{1,64})@(?P<host>(?:[^\W_]|-){1,63}(?:\.(?:[^\W_]|-){1,63}){0,10}"
    r"\.(?!\d)(?:[^\W_]|-){2,63}(?<![-.])(?!\w))"
)
# A version of a package or an action, an instance of a unit of systemd, a picture in twice its size, a file.
_NO_HOST: Final = re.compile(
    r"[v^~=]?\d{1,5}\.\d|\dx\.|.*\.(?:service|socket|timer|mount|slice|scope|automount|png|jpe?g|gif|svg|webp|tgz|gz"
    r"|xz|bz2|whl|deb|rpm|jar|exe|dll|json|ya?ml|toml|conf|cfg|ini|txt|html?|css|jsx?|mjs|cjs|tsx?|vue|lock|log)$",
    re.IGNORECASE,
)
# Whom software itself logs in as, where a repository is fetched from.
_OF_SOFTWARE: Final = frozenset({"git", "hg", "svn", "bzr", "anonymous"})

_IPV4: Final = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)(?:/\d{1,2})?")
_IPV6: Final = re.compile(
    r"(?<![\w:.-])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?:(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])"
)
_BEFORE: Final = 40
_ADDRESS_BEFORE: Final = re.compile(
    r"(?:\bip(?:v[46])?s?|addr(?:ess(?:es)?)?|hosts?|servers?|nameservers?|gateway|dns|peers?|clients?|proxy|remote|ping"
    r"|ssh|curl|route|cidr|subnet|login|logged in|visitor|listen(?:s|ing)?|bind|connect(?:s|ed)?|inet|machine|node|desk"
    r"|office|//)(?![a-z])[^\d\n.;]{0,24}$",
    re.IGNORECASE,
)
_VERSION: Final = (
    r"(?:\bv|version|release|build|patch(?:ed)?|revision|firmware|driver|bundle|sdk|jdk|jre|java|python|chrome|chromium"
    r"|engine|section|sect\.?|chapter|clause|table|figure|rfc \d{3,4},?|\u00a7|tag|(?:up|down)grad(?:e[ds]?|ing)"
    r"|updat(?:e[ds]?|ing)|bump(?:s|ed)?|back-?port(?:s|ed)?|fix(?:e[ds])?|merged|introduced in|since"
    r"|latest|beta|stable|yours"
    r"|requires?|at least|older than|newer than|prior to)"
)
_VERSION_BEFORE: Final = re.compile(rf"{_VERSION}s?(?: to)?[ :=v(\"'`*_\[]{{1,4}}$|\bv$|[@~^<>=]=$", re.IGNORECASE)
# Further before: from one version to another, and what a list of changes says.
_VERSIONS_NEAR: Final = re.compile(
    rf"{_VERSION}s?(?![a-z])[^\n;]{{0,28}}$|[@~^]$|\bin [(\"'`*_]{{0,2}}$", re.IGNORECASE
)
# A name right before it, as in "Java 17.0.8.0"; the words that go with an address come first.
_PRODUCT_BEFORE: Final = re.compile(
    r"(?:^|[\s(\"'`*\[])(?!(?:From|To|At|On|In|By|Is|Use|Via|Set|And|Or|For|Ping|Add|See|The|With)\b)"
    r"[A-Z][\w+#.-]{1,24} $"
)
# As headers name a product: "Server: nginx/1.9.15.1".
_SERVER_TOKEN: Final = re.compile(r"[A-Za-z]/$")
_HIGHEST_MAJOR: Final = 31
_SHOWN_IN_EXAMPLES: Final = re.compile(
    r"(\d{1,3})(?:\.\1){3}|1\.2\.3\.4|5\.6\.7\.8|8\.8\.4\.4|1\.0\.0\.1"
    r"|2001:4860:4860::88(?:88|44)|2606:4700:4700::1(?:111|001)|2620:fe::(?:fe|9)"
)
"""One number four times, digits in order, and servers that everybody asks for names."""
_LEAST_GROUPS: Final = 4


def find_mailboxes(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every mail address."""
    if "@" not in text:
        return
    for match in _MAILBOX.finditer(text):
        if match["user"].lower() not in _OF_SOFTWARE and not _NO_HOST.match(match["host"]):
            yield match.span()


def find_addresses(text: str, *, strict: bool) -> Iterator[tuple[int, int]]:
    """(start, end) of every address of one machine; ``strict`` takes private ones and whole networks for it too."""
    if "." in text:
        for match in _IPV4.finditer(text):
            if _leads_to_a_machine(match.group(), strict=strict) and not _is_version(text, match):
                yield match.span()
    if ":" in text:
        for match in _IPV6.finditer(text):
            if _leads_to_a_machine(match.group(), strict=strict):
                yield match.span()


def _leads_to_a_machine(candidate: str, *, strict: bool) -> bool:
    """Loopback, documentation and private addresses say nothing of anybody, nor does a whole network."""
    host, _, bits = candidate.partition("/")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    if strict:
        return True
    if _SHOWN_IN_EXAMPLES.fullmatch(host.lower()):
        return False
    if address.version == 6 and "::" in host:
        # Names in code are joined with "::" too, as in "add::beef".
        return (
            address.is_global
            and address.packed[0] >> 5 == 1
            and len(host.replace("::", ":").split(":")) >= _LEAST_GROUPS
        )
    if bits and int(bits) < address.max_prefixlen and int(address) % 2 ** (address.max_prefixlen - int(bits)) == 0:
        return False
    return not (address.is_private or address.is_link_local)


def _is_version(text: str, match: re.Match[str]) -> bool:
    """Four numbers with dots between them are a version or a section as often as an address: the words before tell."""
    start = match.start()
    lowest = max(0, start - _BEFORE)
    if not (has_words_before(text, start, _BEFORE) or text[lowest:start].endswith(("@", "=", "~", "^"))):
        return False
    if _VERSION_BEFORE.search(text, lowest, start):
        return True
    if int(match.group().partition(".")[0]) > _HIGHEST_MAJOR:
        return False
    if _SERVER_TOKEN.search(text, lowest, start):
        return True
    if _ADDRESS_BEFORE.search(text, lowest, start):
        return False
    return any(pattern.search(text, lowest, start) for pattern in (_VERSIONS_NEAR, _PRODUCT_BEFORE))
