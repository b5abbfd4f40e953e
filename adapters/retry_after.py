"""How long a service asks to be left alone."""

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

_MAX_SECONDS: Final = 300.0


def retry_after_seconds(headers: Mapping[str, str]) -> float:
    """Retry-After in either of its forms, as seconds from now; 0 when it is absent or not to be understood."""
    value = {name.casefold(): text for name, text in headers.items()}.get("retry-after", "").strip()
    try:
        seconds = float(value) if value[:1].isdigit() and "," not in value else _seconds_until(value)
    except (ValueError, TypeError):
        return 0.0
    return min(_MAX_SECONDS, max(0.0, seconds)) if math.isfinite(seconds) else 0.0


def _seconds_until(date: str) -> float:
    return parsedate_to_datetime(date).timestamp() - time.time()
