"""Secrets in committed texts, by the forms that their issuers gave them so that they can be found.

What only looks random is left to `make audit`, which reads the history too; this works without a network.
"""

import re
from collections.abc import Iterator
from typing import Final

from tests.architecture.sources import Violation

FORMS: Final = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "an AWS key": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "a GitHub token": r"\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_\w{60,})\b",
    "a GitLab token": r"\bgl(?:pat|dt|rt|ptt)-[0-9A-Za-z_-]{20,}\b",
    "a Slack token": r"\bxox[abeoprs]-[0-9A-Za-z-]{20,}|hooks\.slack\.com/services/T\w{6,}",
    "a Stripe key": r"\b[sr]k_live_[0-9A-Za-z]{20,}\b",
    "an OpenAI key": r"\bsk-(?:proj-|svcacct-|admin-)?[0-9A-Za-z_-]{40,}\b",
    "an Anthropic key": r"\bsk-ant-[0-9A-Za-z_-]{40,}",
    "a Google key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a package registry's token": r"\b(?:pypi-AgE[0-9A-Za-z_-]{50,}|npm_[0-9A-Za-z]{36})\b",
    "a JWT": r"\beyJ[0-9A-Za-z_-]{20,}\.eyJ[0-9A-Za-z_-]{20,}\.[0-9A-Za-z_-]{20,}",
    "a key of ours": r"\bans_[0-9a-f]{32}_[0-9a-f]{12}_[A-Za-z0-9_-]{43}\b",
    "a password in a URL": r"\b(?:postgres(?:ql)?|amqps?|rediss?|mongodb(?:\+srv)?)://[^\s:/@'\"{}]+:[^\s@'\"{}]{12,}@",
}
SAMPLES: Final = ("tests/unit/", "tests/security/", "tests/replay/histories/", "eval/redaction")
"""Where texts that look like secrets are what is tested."""
_ANY: Final = re.compile("|".join(f"(?P<form{number}>{form})" for number, form in enumerate(FORMS.values())))


def secrets(path: str, text: str) -> Iterator[Violation]:
    """Each line that holds one; the secret itself is not repeated."""
    if path.startswith(SAMPLES):
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _ANY.search(line):
            kind = list(FORMS)[int(str(found.lastgroup).removeprefix("form"))]
            yield Violation(path, number, f"holds what looks like {kind}")
