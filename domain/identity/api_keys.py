"""What an API key looks like."""

import hashlib
import re
from typing import Final, NamedTuple
from uuid import UUID

_API_KEY: Final = re.compile(r"ans_([0-9a-f]{32})_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


class PresentedKey(NamedTuple):
    """What an API key's text, ans_<tenant>_<prefix>_<secret>, says; the secret only as its SHA-256 (hex).

    The tenant is in the key, so that the key is looked up within its tenant and nothing has to see all of them.
    """

    tenant_id: UUID
    prefix: str
    secret_sha256: str


def parse_api_key(text: str) -> PresentedKey | None:
    """The parts of a well-formed key; None for anything else."""
    found = _API_KEY.fullmatch(text)
    if found is None:
        return None
    tenant, prefix, secret = found.groups()
    return PresentedKey(UUID(tenant), prefix, hashlib.sha256(secret.encode()).hexdigest())
