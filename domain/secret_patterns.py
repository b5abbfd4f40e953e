"""What keys, tokens and passwords look like, by the prefixes that their issuers give them and the words before them.

Each pattern runs in time linear to the text: no part of one can match in two ways.
"""

import re
from typing import Final

_PEM: Final = (
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?"
    r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)"
)
# Prefix, then the alphabet and the least length of what follows it.
_ISSUED: Final = (
    r"ans_[0-9a-f]{32}_[0-9a-f]{12}_[\w-]{20,}",
    r"(?:sk|rk|pk)[-_](?:live|test|proj|ant|svcacct|or)?[-_]?[A-Za-z0-9]{16,}",
    r"sk-(?:proj|ant|svcacct|or)-[\w-]{16,}",
    r"gh[pousr]_[A-Za-z0-9]{20,}",
    r"github_pat_\w{20,}",
    r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt)-[\w.-]{16,}",
    r"xox[abeprs]-[A-Za-z0-9.-]{10,}",
    r"xapp-\d-[A-Za-z0-9-]{10,}",
    r"(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}",
    r"AIza[\w-]{35}",
    r"ya29\.[\w-]{20,}",
    r"GOCSPX-[\w-]{20,}",
    r"npm_[A-Za-z0-9]{30,}",
    r"pypi-[\w-]{32,}",
    r"dckr_[a-z]{3}_[\w-]{20,}",
    r"hf_[A-Za-z0-9]{30,}",
    r"SG\.[\w-]{16,}\.[\w-]{16,}",
    r"(?:SK|AC)[0-9a-f]{32}",
    r"key-[0-9a-f]{32}",
    r"whsec_[A-Za-z0-9+/=]{16,}",
    r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    r"(?:dop|doo|dor)_v1_[0-9a-f]{40,}",
    r"dapi[0-9a-f]{32}",
    r"ATATT3[\w=-]{30,}",
    r"hv[sbr]\.[\w-]{20,}",
    r"lin_api_[A-Za-z0-9]{30,}",
    r"sq0(?:atp|csp)-[\w-]{22,}",
    r"AGE-SECRET-KEY-1[0-9A-Z]{40,}",
    r"\d{8,10}:AA[\w-]{33}",
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}",
)
_IN_URL: Final = (
    r"(?<=://)[^\s/:@]{0,256}:[^\s/@]{1,256}(?=@)",
    r"(?<=hooks\.slack\.com/services/)[\w/]{20,}",
    r"(?<=discord\.com/api/webhooks/)\d{6,}/[\w-]{20,}",
    r"(?<=[?&]sig=)[\w%+/=-]{20,}",
    r"(?<=[?&]X-Amz-Signature=)[0-9a-f]{32,}",
)
# Behind a word that says what it is. A value that is a placeholder, a word or a variable is none: see says_nothing.
_WORDS: Final = (
    r"(?:api|access|secret|private|signing|encryption|account|auth|client|master|session|refresh|bearer|service)?"
    r"[ _-]?(?:secret[ _-]?(?:access[ _-]?)?key|api[ _-]?key|access[ _-]?key|account[ _-]?key|private[ _-]?key"
    r"|key[ _-]?secret"
    r"|secret|token|password|passwd|passphrase|passcode|pwd|pass)"
)
_ASSIGNED: Final = re.compile(
    rf"(?<![A-Za-z]){_WORDS}[\"'`]?[ \t]{{0,4}}(?::=|=>|[:=]|\bis\b(?:[ \t]now)?)[ \t]{{0,4}}[\"'`]?"
    r"(?P<value>[^\s\"'`,;<>()\[\]]{6,})",
    re.IGNORECASE,
)
_HEADER: Final = re.compile(
    r"\b(?:Bearer|Basic|Token|ApiKey)[ \t]{1,4}[\"'`]?(?P<value>[\w.~+/-]{8,}={0,2})", re.IGNORECASE
)
# No key is shorter than 16 characters: that alone is tested at most words of a text.
_KEYS: Final = re.compile(rf"(?<![\w-])(?=[\w.:+/-]{{16}})(?:{'|'.join(_ISSUED)})(?!\w)")
_BLOCK: Final = re.compile(_PEM)
_ADDRESS: Final = re.compile("|".join(_IN_URL))
_PLACEHOLDER: Final = re.compile(
    r"\$|\{|%\(|\.\.\.|…|\*{3}|x{4}|(?:^|[_-])(?:your|my|the|example|sample|placeholder|changeme|redacted|dummy|do[_-]not[_-]use|here)"
    r"(?:$|[_-])|^(?:os|process|settings|env|config|self)\.",
    re.IGNORECASE,
)


def find_secrets(text: str) -> list[tuple[int, int]]:
    """(start, end) of every secret; they may overlap."""
    found = [match.span() for match in _KEYS.finditer(text)]
    if "-----BEGIN " in text:
        found += [match.span() for match in _BLOCK.finditer(text)]
    if "://" in text or "hooks." in text or "?" in text:
        found += [match.span() for match in _ADDRESS.finditer(text)]
    for pattern in (_ASSIGNED, _HEADER):
        found += [match.span("value") for match in pattern.finditer(text) if not _says_nothing(match["value"])]
    return found


def _says_nothing(value: str) -> bool:
    """Whether a value behind "password" or "Bearer" is a word, a placeholder or a variable and not a secret."""
    if _PLACEHOLDER.search(value):
        return True
    bare = value.rstrip(".!?:")
    if bare.isdigit():
        return len(bare) < 6
    # A word, a name in code or a path has no digit inside; a password has one, or a sign that no word has.
    return not (any(sign.isdigit() for sign in bare) or re.search(r"[!@#$%^&*+=~]", bare)) or "://" in bare
