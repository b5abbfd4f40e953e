"""Where the server is, and how to talk to it."""

from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from answerable_sdk.transport.retries import RetryPolicy

_CONNECT_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Connection:
    """Checked on construction. Raises ValueError for an address or a key that cannot be sent."""

    url: str
    api_key: str = field(repr=False)
    timeout: float
    retries: RetryPolicy

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise ValueError(f"The address must begin with http:// or https://, and {self.url!r} does not.")
        if not self.api_key.isascii() or not self.api_key.isprintable():
            raise ValueError("The API key contains characters that no key has; copy it again.")

    def http_arguments(self) -> dict[str, Any]:
        """Arguments for httpx.Client and httpx.AsyncClient."""
        return {
            "base_url": self.url,
            "headers": {"Authorization": f"Bearer {self.api_key}"},
            "timeout": httpx.Timeout(self.timeout, connect=_CONNECT_SECONDS),
            "follow_redirects": False,
        }
